// SPDX-License-Identifier: MIT
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { keysOf, openTerminal, type Terminal } from '../../../../src/cli/terminal/terminal';

/** Both ends of a terminal that keeps what was written, and the modes that were set, in their order. */
class FakeTerminal {
  readonly did: string[] = [];
  readonly keys: string[] = [];
  lost = 0;
  readonly input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => this.did.push(on ? 'raw' : 'cooked'),
  });
  readonly output = Object.assign(new EventEmitter(), {
    isTTY: true,
    write: (text: string) => this.did.push(text),
    getWindowSize: () => this.window,
  });
  window: [number, number] = [80, 24];

  open(): Terminal {
    return openTerminal(
      {
        input: this.input as unknown as NodeJS.ReadStream,
        output: this.output as unknown as NodeJS.WriteStream,
      },
      { onKey: (key) => this.keys.push(key), onLost: () => (this.lost += 1) },
    );
  }

  /** What was done since the last time. */
  done(): string[] {
    return this.did.splice(0);
  }
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

let fake: FakeTerminal;
let terminal: Terminal;
beforeEach(() => {
  fake = new FakeTerminal();
  terminal = fake.open();
});
afterEach(() => {
  terminal.close();
});

test('takes over screen, cursor and modes, and restores them once', () => {
  expect(fake.done()).toEqual(['raw', ENTER]);
  terminal.close();
  expect(fake.done()).toEqual([LEAVE, 'cooked']);
  terminal.close();
  terminal.draw(['late']);
  expect(fake.done()).toEqual([]);
});

test('writes only the lines that changed', () => {
  fake.done();
  terminal.draw(['one', 'two', 'three']);
  expect(fake.done().join('')).toBe('\x1b[1;1H\x1b[2Kone\x1b[0m\x1b[2;1H\x1b[2Ktwo\x1b[0m\x1b[3;1H\x1b[2Kthree\x1b[0m');
  terminal.draw(['one', '2', 'three']);
  expect(fake.done().join('')).toBe('\x1b[2;1H\x1b[2K2\x1b[0m');
  terminal.draw(['one', '2', 'three']);
  expect(fake.done()).toEqual([]);
});

test('draws the whole screen again after a resize', () => {
  terminal.draw(['one']);
  fake.done();
  fake.window = [40, 10];
  fake.output.emit('resize');
  expect([fake.lost, terminal.size()]).toEqual([1, { columns: 40, rows: 10 }]);
  terminal.draw(['one']);
  expect(fake.done()).toEqual(['\x1b[2J', '\x1b[1;1H\x1b[2Kone\x1b[0m']);
});

test('takes over the terminal again when it is continued, whatever modes the shell has set', () => {
  terminal.draw(['one']);
  fake.done();
  process.emit('SIGCONT');
  terminal.draw(['one']);
  expect(fake.done()).toEqual(['cooked', 'raw', ENTER, '\x1b[1;1H\x1b[2Kone\x1b[0m']);
  expect(fake.lost).toBe(1);
});

test('restores the terminal when the process ends, and removes its listeners', () => {
  const [ours] = process.listeners('exit').slice(-1);
  fake.done();
  ours?.(0);
  expect(fake.done()).toEqual([LEAVE, 'cooked']);
  terminal.close();
  for (const event of ['exit', 'SIGTSTP', 'SIGCONT']) {
    expect(process.listeners(event as 'exit')).not.toContain(ours);
  }
  expect(process.listenerCount('SIGTSTP') + process.listenerCount('SIGCONT')).toBe(0);
  expect(fake.output.listenerCount('resize')).toBe(0);
});

test('assumes 80x24 for a terminal without a size', () => {
  fake.window = [0, 0];
  expect(terminal.size()).toEqual({ columns: 80, rows: 24 });
});

test('passes on keys by name and characters unchanged', async () => {
  fake.input.write('\x1b[A\x1b[6~\rG日< \x7f\x03\x15\x1bOP\x1b[17~\x1bk/');
  await new Promise((resolve) => setImmediate(resolve));
  expect(fake.keys).toEqual([
    ...[
      'up',
      'pagedown',
      'return',
      'G',
      '日',
      '<',
      'space',
      'backspace',
      'ctrl-c',
      'ctrl-u',
      'f1',
      'f6',
      'escape',
      'k',
      '/',
    ],
  ]);
});

test.each([
  [{ name: 'escape', sequence: '\x1b', meta: true }, ['escape']],
  [{ name: 'enter', sequence: '\n' }, ['return']],
  [{ name: 'space', sequence: ' ' }, ['space']],
  [{ sequence: '\x1b[?1;2c' }, []],
  // Escape, and the next key before it was known to be alone.
  [{ sequence: '\x1b?', meta: true }, ['escape', '?']],
  [{ name: 'g', sequence: '\x1bG', meta: true, shift: true }, ['escape', 'G']],
  [{ name: 'return', sequence: '\x1b\r', meta: true }, ['escape', 'return']],
  [{ name: 'up', sequence: '\x1b[1;3A', meta: true }, []],
])('%j is %j', (keypress, keys) => {
  expect(keysOf(keypress)).toEqual(keys);
});

test('does not fail when the terminal is gone', () => {
  expect(() => fake.input.emit('error', new Error('EIO'))).not.toThrow();
});

test('sets no mode if there is no keyboard', () => {
  terminal.close();
  fake = new FakeTerminal();
  fake.input.isTTY = false;
  terminal = fake.open();
  fake.input.write('q');
  expect(fake.done()).toEqual([ENTER]);
  expect(fake.keys).toEqual([]);
});
