// SPDX-License-Identifier: MIT
/** Command lines of the installed package, all run by one process that lives from test to test. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { atEnd } from './cleanup';
import { untilEnd } from './command-mark';
import type { Result } from './program';

let server: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

function begin(packageFolder: string): ChildProcess {
  const child = fork(join(__dirname, 'command-server.js'), [join(packageFolder, 'node_modules/lkm-traffic')], {
    cwd: packageFolder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  child.stdout?.setEncoding('latin1');
  child.stderr?.setEncoding('latin1');
  // The tests may end while it waits for more.
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref: () => void }).unref();
  return child;
}

function runNow(packageFolder: string, args: readonly string[]): Promise<Result> {
  const child = (server ??= begin(packageFolder));
  let busy = true;
  atEnd(() => {
    // A test that was given up has left a command behind.
    if (!busy) return;
    child.kill('SIGKILL');
  });
  child.ref();
  child.channel?.ref();
  return new Promise<Result>((resolve, reject) => {
    const output = { stdout: '', stderr: '' };
    const take = (name: keyof typeof output) => (text: string) => {
      output[name] += text;
      const [out, err] = [untilEnd(output.stdout), untilEnd(output.stderr)];
      if (out === undefined || err === undefined) return;
      end();
      resolve({ status: out.status, stdout: out.text, stderr: err.text });
    };
    const [onOut, onErr] = [take('stdout'), take('stderr')];
    const onExit = (code: number | null, signal: string | null): void => {
      server = undefined;
      end();
      reject(new Error(`${args.join(' ')}: its process ended (${code ?? signal}): ${output.stdout}${output.stderr}`));
    };
    const end = (): void => {
      busy = false;
      child.stdout?.off('data', onOut);
      child.stderr?.off('data', onErr);
      child.off('exit', onExit);
      child.unref();
      child.channel?.unref();
    };
    child.stdout?.on('data', onOut);
    child.stderr?.on('data', onErr);
    child.on('exit', onExit);
    child.send(args);
  });
}

/** Runs one command line when those before it have ended. */
export function runCommandLine(packageFolder: string, args: readonly string[]): Promise<Result> {
  const result = last.then(() => runNow(packageFolder, args));
  last = result.catch(() => undefined);
  return result;
}
