// SPDX-License-Identifier: MIT
/** The recipes of docs/recipes.md, each run as it stands there by a user who has the package installed. */
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { repository } from './environment';
import { folder } from './named';
import { packageFolder } from './package';
import { slowTest } from './plan';
import { Program, type Result } from './program';
import { blocksOf, missingLine } from './recipes-page';

const page = readFileSync(join(repository, 'docs/recipes.md'), 'utf8');
const blocks = blocksOf(page);

function textOf(kind: string, name: string): string | undefined {
  return blocks.find((block) => block.kind === kind && block.name === name)?.text;
}

/** Bytes, as one end of connections has them. */
export interface Moved {
  readonly received: bigint;
  readonly sent: bigint;
}

/** Where a recipe is typed. */
export interface Desk {
  /** Prepared with the files that the page has; the package can be imported. */
  readonly cwd: string;
  /** Starts it, by another command where it needs one: `nsenter` with its options. */
  readonly start: (env?: NodeJS.ProcessEnv, by?: readonly string[]) => Program;
  /** The lines that the page shows of it are among these, which are latin1 as a program's output is here. */
  readonly assertShown: (output: string) => void;
}

/** A recipe of the page, and what shows that it does what the page says. Each starts the command several times. */
export function recipe(name: string, promise: string, body: (desk: Desk) => Promise<void>, seconds = 300): void {
  const text = textOf('recipe', name);
  if (text === undefined) throw new Error(`docs/recipes.md has no recipe ${name}`);
  slowTest(
    `recipe ${name}: ${promise}`,
    async () => {
      const cwd = folder();
      const modules = join(await packageFolder(), 'node_modules');
      symlinkSync(modules, join(cwd, 'node_modules'));
      for (const file of blocks) if (file.kind === 'file') writeFileSync(join(cwd, file.name), file.text);
      writeFileSync(join(cwd, 'recipe.sh'), text);
      const PATH = `${modules}/.bin:${process.env['PATH'] ?? ''}`;
      await body({
        cwd,
        start: (env = {}, by = []) => {
          const [file, ...args] = [...by, 'sh', '-e', 'recipe.sh'];
          return new Program(file, args, { cwd, env: { ...process.env, ...env, PATH } });
        },
        assertShown: (bytes) => {
          const output = Buffer.from(bytes, 'latin1').toString();
          console.log(output.replace(/^/gm, '# '));
          const shown = textOf('output', name);
          if (shown === undefined) return;
          assert.equal(missingLine(shown, output), undefined, `${output}\nhas not what docs/recipes.md shows of it`);
        },
      });
    },
    seconds,
  );
}

/** Names of metrics that the page has. */
export const metricNames = (): string[] => [...new Set(page.match(/\blkm_traffic_\w+/g))];

/** The result of a program that succeeded. */
export async function succeeded(program: Program): Promise<Result> {
  const result = await program.result();
  assert.equal(result.status, 0, `${result.stdout}${result.stderr}`);
  return result;
}

/** The last total in a report for people. */
export function totalIn(report: string): Moved {
  const totals = [
    ...report.matchAll(/^Total {2}received (?:at least )?(\d+) bytes.*?, sent (?:at least )?(\d+) bytes/gm),
  ];
  const [, received, sent] = totals.at(-1) ?? [];
  if (received === undefined || sent === undefined) throw new Error(`no total in: ${report}`);
  return { received: BigInt(received), sent: BigInt(sent) };
}

/** One end's bytes are the other's; and there were some. */
export function assertMirrored(counted: Moved, witness: Moved, who: string): void {
  console.log(
    `# received ${counted.received} bytes, ${who} sent ${witness.sent}; sent ${counted.sent}, it received ${witness.received}`,
  );
  assert.deepEqual([counted.received, counted.sent], [witness.sent, witness.received]);
  assert.ok(counted.received > 0n && counted.sent > 0n);
}

/** Gets a page over a connection of its own; returns what its socket sent and received. */
export async function fetched(url: string): Promise<Moved> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      const { socket } = response;
      socket.on('close', () => {
        resolve({ received: BigInt(socket.bytesRead), sent: BigInt(socket.bytesWritten) });
      });
      response.on('error', reject).resume();
    }).on('error', reject);
  });
}

export const sum = (parts: readonly Moved[]): Moved => ({
  received: parts.reduce((total, { received }) => total + received, 0n),
  sent: parts.reduce((total, { sent }) => total + sent, 0n),
});
