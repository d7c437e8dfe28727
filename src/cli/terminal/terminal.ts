// SPDX-License-Identifier: MIT
import { emitKeypressEvents } from 'node:readline';

export interface TerminalListener {
  /** A name such as `up`, `return` or `ctrl-c`, or the character. */
  readonly onKey: (key: string) => void;
  /** The screen was lost, or has another size: draw all of it again. */
  readonly onLost: () => void;
}

/** A terminal whose whole screen is ours. */
export interface Terminal {
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Draws the screen. No line may be wider than the screen. */
  readonly draw: (lines: readonly string[]) => void;
  /** Restores the terminal. Can be called more than once. */
  readonly close: () => void;
}

export type OpenTerminal = (listener: TerminalListener) => Terminal;

export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Switches to the alternate screen, hides the cursor and turns line wrapping off. */
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
  // Terminals send the same for Alt with a key as for Escape and then that key. No key here uses Alt, so it is Escape.
  if (meta && sequence.length === 2) return ['escape', ...keysOf({ name, ctrl, sequence: sequence.slice(1) })];
  if (meta && name !== 'escape') return [];
  if (ctrl) return name === undefined ? [] : [`ctrl-${name}`];
  if (name === 'enter') return ['return'];
  if (/^[^\p{Cc}\p{Zs}]$/u.test(sequence)) return [sequence];
  return name === undefined ? [] : [name];
}

/** Listens for an event. Returns the function that stops listening. */
function listen(emitter: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void): () => void {
  const given = listener as (...args: unknown[]) => void;
  emitter.on(event, given);
  return () => {
    emitter.removeListener(event, given);
  };
}

/** Takes over the terminal until `close`, or until the process ends for any reason. */
export function openTerminal({ input, output }: TerminalStreams, { onKey, onLost }: TerminalListener): Terminal {
  let isOpen = false;
  let before: readonly string[] = [];

  const raw = (on: boolean): void => {
    if (input.isTTY) input.setRawMode(on);
  };
  const enter = (): void => {
    // Before the first output: a process in the background is stopped here, before it has drawn anything.
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
    // The kernel's default action stops the process, unless there is no shell that could continue it.
    process.removeListener('SIGTSTP', suspend);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', suspend);
    resume();
  };
  const resume = (): void => {
    // The shell has changed the modes meanwhile, and Node does not know it: set them off, then on.
    raw(false);
    enter();
    onLost();
    // If the terminal was resized meanwhile, the signal went to the foreground job of that time.
    process.kill(process.pid, 'SIGWINCH');
  };
  const onKeypress = (_text: string | undefined, keypress: Keypress): void => {
    for (const key of keysOf(keypress)) {
      // Stop the whole job, including npx or sudo, as if the terminal had sent the signal.
      if (key === 'ctrl-z') process.kill(0, 'SIGTSTP');
      else onKey(key);
    }
  };
  // When the terminal is gone, SIGHUP ends the view.
  const ignore = (): void => undefined;

  enter();
  const stopListening = [
    listen(process, 'exit', leave),
    listen(process, 'SIGTSTP', suspend),
    listen(process, 'SIGCONT', resume),
    listen(output, 'resize', redraw),
    ...(input.isTTY ? [listen(input, 'keypress', onKeypress)] : []),
  ];
  // This listener stays: reading the rest of the input may fail after the end.
  input.on('error', ignore);
  if (input.isTTY) {
    emitKeypressEvents(input);
    input.resume();
  }

  return {
    size: () => {
      const [columns, rows] = output.getWindowSize();
      // A serial line does not know its size.
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
