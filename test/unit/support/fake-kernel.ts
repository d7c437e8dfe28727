// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Process, Program } from '../../../src/model/types';
import type { Control } from '../../../src/system/control';
import { thisHost, type Host } from '../../../src/system/host';
import { fixture } from './fixtures';
import { renderCounters, renderPrograms, renderStatus } from './render';
import { aProgram } from './rows';

export function systemError(code: string, syscall: string, file = ''): Error {
  return Object.assign(new Error(`${code}: it failed, ${syscall} '${file}'`), { code, syscall, path: file, errno: -1 });
}

/** A kernel with the module's interface: its files and commands, and the rows that a test puts there. */
export class FakeKernel {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-'));
  readonly commands: string[] = [];
  /** Parameter strings of each load. */
  readonly loads: string[] = [];
  unloads = 0;
  processes: Process[] = [];
  programs: Program[] = [];
  /** Of `flows`: the whole file. */
  flows = fixture('flows').split('\n').slice(0, 2).join('\n') + '\n';
  statusValues: Record<string, string | number> = {};
  /** Errors that the next calls of these kinds fail with, first come first. */
  readonly failures: { load: string[]; unload: string[]; open: string[]; read: string[] } = {
    load: [],
    unload: [],
    open: [],
    read: [],
  };
  /** Codes that commands fail with, by their first word. */
  readonly refused = new Map<string, string>();
  readonly sessions = new Set<number>();
  #lastWatch = 0n;

  readonly host: Host = {
    ...thisHost,
    platform: 'linux',
    release: '6.12.1-test',
    euid: 0,
    env: {},
    proc: path.join(this.root, 'proc'),
    sys: path.join(this.root, 'sys'),
    kmsg: path.join(this.root, 'kmsg'),
    modules: path.join(this.root, 'modules'),
    osRelease: path.join(this.root, 'os-release'),
    rootCache: path.join(this.root, 'cache'),
    packageRoot: path.join(this.root, 'package'),
    run: path.join(this.root, 'run'),
    native: () => ({
      load: (_file, parameters) => this.#load(parameters),
      unload: () => this.#unload(),
      read: (file) => this.#read(path.basename(file)),
    }),
    openControl: () => this.#open(),
    lstat: () => ({
      uid: 0,
      mode: 0o755,
      isDirectory: () => true,
      isFile: () => true,
      isSymbolicLink: () => false,
    }),
    delay: () => new Promise((resolve) => setImmediate(resolve)),
  };

  constructor() {
    this.write('proc/modules', '');
    this.write('proc/self/status', 'CapEff:\t000001ffffffffff\n');
    this.write('kmsg', '');
    this.write('net_traffic.ko', '');
  }

  get ko(): string {
    return path.join(this.root, 'net_traffic.ko');
  }

  get loaded(): boolean {
    return fs.existsSync(path.join(this.root, 'sys/module/net_traffic'));
  }

  write(file: string, content: string): string {
    const full = path.join(this.root, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
    return full;
  }

  /** As in a container that has PIDs of its own. */
  enterPidNamespace(): void {
    fs.mkdirSync(path.join(this.host.proc, 'self/ns'));
    fs.symlinkSync('pid:[4026532201]', path.join(this.host.proc, 'self/ns/pid'));
  }

  /** As somebody else would load it. */
  insert(parameters: Readonly<Record<string, string>> = {}): void {
    const inForce = {
      engine: 'tracepoint',
      families: 'inet',
      follow: 'Y',
      log_packets: 'N',
      history: '1024',
      ...parameters,
    };
    for (const [name, value] of Object.entries(inForce)) {
      this.write(`sys/module/net_traffic/parameters/${name}`, `${value}\n`);
    }
    this.write('sys/module/net_traffic/initstate', 'live\n');
  }

  remove(): void {
    fs.rmSync(path.join(this.root, 'sys/module'), { recursive: true });
    this.programs = [];
    this.processes = [];
  }

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  // Settled by exceptions, as the real ones are.
  async #load(parameters: string): Promise<void> {
    await Promise.resolve();
    const failure = this.failures.load.shift();
    if (failure !== undefined) throw systemError(failure, 'finit_module', this.ko);
    if (this.loaded) throw systemError('EEXIST', 'finit_module', this.ko);
    this.loads.push(parameters);
    this.insert(
      Object.fromEntries(
        [...parameters.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, bare]) => [
          name,
          quoted ?? bare ?? '',
        ]),
      ),
    );
    for (const name of /fname="?([^" ]*)/.exec(parameters)?.[1]?.split(',') ?? []) this.#watch(0, name, true);
  }

  async #unload(): Promise<void> {
    await Promise.resolve();
    const failure = this.failures.unload.shift();
    if (failure !== undefined) throw systemError(failure, 'delete_module', 'net_traffic');
    if (!this.loaded) throw systemError('ENOENT', 'delete_module', 'net_traffic');
    if (this.sessions.size > 0) throw systemError('EAGAIN', 'delete_module', 'net_traffic');
    this.unloads += 1;
    this.remove();
  }

  async #read(name: string): Promise<Buffer> {
    await Promise.resolve();
    const failure = this.failures.read.shift();
    if (failure !== undefined) throw systemError(failure, 'open', name);
    if (!this.loaded) throw systemError('ENOENT', 'open', name);
    if (name === 'counters') return Buffer.from(renderCounters(this.processes));
    if (name === 'flows') return Buffer.from(this.flows);
    if (name === 'programs') return Buffer.from(renderPrograms(this.programs));
    return Buffer.from(
      renderStatus({
        ...{ version: '0.1.0', abi: 1, engine: 'tracepoint', families: 'inet', state: 'counting', log_packets: 0 },
        ...{
          history: 1024,
          flows: 0,
          max_flows: 1024,
          follow: 1,
          records_running: 0,
          records_ended: 0,
          evicted: 0,
          alloc_failed: 0,
          in_flight: 0,
        },
        ...{ sessions: this.sessions.size, sessions_max: 63, watches: this.programs.length, watches_max: 256 },
        'hook.sched_process_exec': 'attached',
        ...this.statusValues,
      }),
    );
  }

  #watch(owner: number, name: string, follow: boolean): void {
    this.#lastWatch += 1n;
    this.programs.push(aProgram({ id: this.#lastWatch, owner, name, follow }));
  }

  #open(): Control {
    const failure = this.failures.open.shift();
    if (failure !== undefined) throw systemError(failure, 'open', 'control');
    if (!this.loaded) throw systemError('ENOENT', 'open', 'control');
    let owner = 0;
    return {
      write: (command) => {
        this.commands.push(`${owner}: ${command}`);
        const [word = '', ...rest] = command.split(' ');
        const refused = this.refused.get(word);
        if (refused !== undefined) throw systemError(refused, 'write', 'control');
        if (word === 'session') {
          owner = 1;
          while (this.sessions.has(owner)) owner += 1;
          this.sessions.add(owner);
        }
        if (word === 'watch') this.#watch(owner, rest.slice(1).join(' '), rest[0] === 'follow=1');
        if (word === 'clear') {
          const through = BigInt(rest[0] ?? '');
          this.processes = this.processes
            .map((process) =>
              process.endSeq !== null && process.endSeq <= through
                ? { ...process, owners: process.owners.filter((other) => other !== owner) }
                : process,
            )
            .filter(({ owners }) => owners.length > 0);
        }
      },
      read: () => `net_traffic 1\nowner\n${owner}\n`,
      close: () => {
        this.sessions.delete(owner);
        this.programs = this.programs.filter((program) => program.owner !== owner || owner === 0);
      },
    };
  }
}
