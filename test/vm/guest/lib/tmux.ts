// SPDX-License-Identifier: MIT
/** A terminal with a shell in it, as a person has one: what is typed, and what is on the screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from './cleanup';
import { folder } from './named';
import { execute, outputOf } from './program';
import { until } from './wait';

/** Generous: the guest has the time that other guests leave it. */
const SECONDS = 120;

/** Of a shell that waits for a command. */
export const prompt = /^bash\S*[#$] *$/m;

export class Tmux {
  readonly #tmux: (...args: string[]) => Promise<string>;
  readonly #folder = folder();

  private constructor(name: string) {
    const server = ['-u', '-L', name, '-f', '/dev/null'];
    const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
    this.#tmux = (...args) => outputOf('tmux', [...server, ...args], { env });
    atEnd(async () => {
      await execute('tmux', [...server, 'kill-server']);
    });
  }

  static async start(cwd: string): Promise<Tmux> {
    const terminal = new Tmux(`lkm-${process.pid}-${process.hrtime.bigint()}`);
    await terminal.#tmux('new-session', '-d', '-x', '80', '-y', '24', '-c', cwd, 'bash --norc --noprofile');
    await terminal.shows(prompt);
    return terminal;
  }

  /** Keys by the names that tmux has for them, or characters. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async run(command: string): Promise<void> {
    await this.press('-l', command);
    await this.press('Enter');
  }

  async screen(): Promise<string> {
    return Buffer.from(await this.#tmux('capture-pane', '-p'), 'latin1').toString('utf8');
  }

  /** The screen with the sequences that paint it. */
  attributes(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** The screen, as soon as it has that on it. */
  async shows(pattern: RegExp): Promise<string> {
    let last = '';
    try {
      return await until(
        `a screen with ${String(pattern)}`,
        async () => {
          last = await this.screen();
          return pattern.test(last) ? last : undefined;
        },
        SECONDS,
      );
    } catch (error) {
      if (error instanceof Error) error.message += `\n${last}`;
      throw error;
    }
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Takes the terminal away, as a connection that breaks does. */
  async hangUp(): Promise<void> {
    await this.#tmux('kill-session');
  }

  /** The modes of the terminal as the shell has them for its commands. */
  async modes(): Promise<string> {
    const file = join(this.#folder, String(process.hrtime.bigint()));
    await this.run(`stty -g > ${file}.new; mv ${file}.new ${file}`);
    return until('the modes of the terminal', () => contentOf(file), SECONDS);
  }

  /** The alternate screen, the cursor, and whether lines go on below: as numbers. */
  async state(): Promise<string> {
    return (await this.#tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}')).trim();
  }

  async assertRestored(modes: string): Promise<void> {
    assert.equal(await this.state(), '0 1 1');
    assert.equal(await this.modes(), modes);
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
