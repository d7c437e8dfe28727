// SPDX-License-Identifier: MIT
/** The demonstration: the commands that a user types, what they print, and whether strace agrees. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { straced, straceOptions } from './lib/strace';

const ko = '/var/cache/lkm-traffic/local/net_traffic.ko';
const programs = path.resolve('build/programs/send_recv');
const http = path.resolve('test/programs/http');

function say(text: string): void {
  process.stdout.write(`\n# ${text}\n`);
}

/** Types a command as a user would; its output goes where ours goes. */
function type(command: string, cwd = programs): void {
  process.stdout.write(`$ ${command}\n`);
  const { status } = spawnSync('bash', ['-c', command], { stdio: 'inherit', cwd });
  if (status !== 0) throw new Error(`${command}: status ${status}`);
}

async function inBackground(shown: string, command: string, args: readonly string[]): Promise<ChildProcess> {
  process.stdout.write(`$ ${shown} &\n`);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PORT: '8080' } });
  await once(child, 'spawn');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

interface Totals {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What `show --json` says of a program's processes. */
function counted(program: string): Totals {
  const { stdout } = spawnSync('lkm-traffic', ['show', program, '--json'], { encoding: 'utf8' });
  const { programs: rows } = JSON.parse(stdout) as { programs: { name: string; traffic: { total: Totals } }[] };
  const row = rows.find(({ name }) => name === program);
  if (!row) throw new Error(`show has no ${program}: ${stdout}`);
  return row.traffic.total;
}

function expectEqual(what: string, actual: bigint, expected: bigint): void {
  if (actual !== expected) throw new Error(`${what}: counted ${actual}, but it was ${expected}`);
}

async function document(): Promise<void> {
  say('A server on TCP. Five clients send it 35 bytes each, and get 35 bytes back.');
  type(`lkm-traffic load --fname=server.out --ko ${ko}`);
  const server = await inBackground('./server.out', path.join(programs, 'server.out'), []);
  type('sleep 0.3; for i in 1 2 3 4 5; do ./client.out >/dev/null; done');
  type('lkm-traffic show');
  await end(server);
  const { receivedBytes, sentBytes } = counted('server.out');
  expectEqual('server.out received', BigInt(receivedBytes), 175n);
  expectEqual('server.out sent', BigInt(sentBytes), 175n);
}

async function node(): Promise<void> {
  say('A Node HTTP server, and strace to compare with: ten requests of 10,000 bytes, answers of 20,000.');
  type('lkm-traffic load --fname=http-server.js');
  const trace = '/tmp/strace.out';
  const script = path.join(http, 'http-server.js');
  const server = await inBackground('strace -f … http-server.js', 'strace', ['-o', trace, ...straceOptions, script]);
  if (server.stdout) await once(server.stdout, 'data');
  type('./http-client.js 8080 10 10000 20000', http);
  // strace lets its program end first.
  type('pkill -TERM -f "^node .*http-server.js"');
  await once(server, 'exit');
  type('lkm-traffic show http-server.js');
  const witness = straced(trace);
  const received = BigInt(witness['tcp_rx_bytes'] ?? 0);
  const sent = BigInt(witness['tcp_tx_bytes'] ?? 0);
  process.stdout.write(`strace, summed up: received ${received} bytes, sent ${sent} bytes\n`);
  const { receivedBytes, sentBytes } = counted('http-server.js');
  expectEqual('http-server.js received', BigInt(receivedBytes), received);
  expectEqual('http-server.js sent', BigInt(sentBytes), sent);
}

async function main(): Promise<void> {
  mkdirSync(path.dirname(ko), { recursive: true });
  copyFileSync(process.env['KO'] ?? '', ko);
  // On a machine of their own users have it built by `load`; here the host did that, which is quicker.
  symlinkSync(path.resolve('bin/lkm-traffic.js'), '/usr/local/bin/lkm-traffic');

  say(`Linux ${release()} in a virtual machine; all that follows happens in it.`);
  await document();
  await node();
  say('Done: the counters agree with strace. The last totals, and the module is gone.');
  type('lkm-traffic unload');
}

main().catch((error: unknown) => {
  process.stdout.write(`\ndemo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
