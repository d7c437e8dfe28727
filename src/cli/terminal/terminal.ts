// SPDX-License-Identifier: MIT
import { emitKeypressEvents } from 'node:readline';

export interface TerminalListener {
  /** A name as `up`, `return` or `ctrl-c`, or the character. */
  readonly onKey: (key: string) => void;
  /** What is on the screen is lost, or has another size: draw all of it again. */
  readonly onLost: () => void;
}

/** A terminal with all of its screen ours. */
export interface Terminal {
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Each line is as wide as the screen at most. */
  readonly draw: (lines: readonly string[]) => void;
  /** The terminal as it was before. May be called again. */
  readonly close: () => void;
}

export type OpenTerminal = (listener: TerminalListener) => Terminal;

export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** The alternate screen, no cursor, and no line that goes on below. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

interface Keypress {
  readonly name?: string | undefined;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** The keys of one sequence. */
export function keysOf({ name, sequence = '', ctrl = false, meta = false }: Keypress): string[] {
  // Alt and a key, or Escape and that key soon after: terminals tell no difference. Nothing here is on Alt.
  if (meta && sequence.length === 2) return ['escape', ...keysOf({ name, ctrl, sequence: sequence.slice(1) })];
  if (meta && name !== 'escape') return [];
  if (ctrl) return name === undefined ? [] : [`ctrl-${name}`];
  if (name === 'enter') return ['return'];
  if (/^[^\p{Cc}\p{Zs}]$/u.test(sequence)) return [sequence];
  return name === undefined ? [] : [name];
}

/** Gives what ends it. */
function listen(emitter: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void): () => void {
  const given = listener as (...args: unknown[]) => void;
  emitter.on(event, given);
  return () => {
    emitter.removeListener(event, given);
  };
}

/** Takes the terminal over, until `close` or the end of the process, however that comes. */
export function openTerminal({ input, output }: TerminalStreams, { onKey, onLost }: TerminalListener): Terminal {
  let isOpen = false;
  let before: readonly string[] = [];

  const raw = (on: boolean): void => {
    if (input.isTTY) input.setRawMode(on);
  };
  const enter = (): void => {
    // Before the first output: a process in the background is stopped here, and has drawn nothing then.
    raw(true);
    output.write(ENTER);
    isOpen = true;
    before = [];
  };
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    output.write(LEAVE);
    raw(false);
  };
  const redraw = (): void => {
    before = [];
    output.write('\x1b[2J');
    onLost();
  };
  const suspend = (): void => {
    leave();
    // By the kernel's own action, which is none where no shell could continue us.
    process.removeListener('SIGTSTP', suspend);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', suspend);
    resume();
  };
  const resume = (): void => {
    // A shell has set its own modes meanwhile, of which Node knows nothing: it is told both.
    raw(false);
    enter();
    onLost();
    // A resize was announced to who was in the foreground then.
    process.kill(process.pid, 'SIGWINCH');
  };
  const onKeypress = (_text: string | undefined, keypress: Keypress): void => {
    for (const key of keysOf(keypress)) {
      // All of the job is to stop, as if the terminal itself had sent it: npx or sudo too.
      if (key === 'ctrl-z') process.kill(0, 'SIGTSTP');
      else onKey(key);
    }
  };
  // A terminal that is gone sends SIGHUP, which is what ends the view.
  const ignore = (): void => undefined;

  enter();
  const stopListening = [
    listen(process, 'exit', leave),
    listen(process, 'SIGTSTP', suspend),
    listen(process, 'SIGCONT', resume),
    listen(output, 'resize', redraw),
    ...(input.isTTY ? [listen(input, 'keypress', onKeypress)] : []),
  ];
  // It stays: what is left to read may fail after the end.
  input.on('error', ignore);
  if (input.isTTY) {
    emitKeypressEvents(input);
    input.resume();
  }

  return {
    size: () => {
      const [columns, rows] = output.getWindowSize();
      // A serial line does not know.
      return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 };
    },
    draw: (lines) => {
      if (!isOpen) return;
      const changed = lines.flatMap((line, n) => (line === before[n] ? [] : [`\x1b[${n + 1};1H\x1b[2K${line}\x1b[0m`]));
      before = lines;
      if (changed.length > 0) output.write(changed.join(''));
    },
    close: () => {
      leave();
      for (const stop of stopListening) stop();
      input.pause();
    },
  };
}
