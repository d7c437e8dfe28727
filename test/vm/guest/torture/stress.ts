// SPDX-License-Identifier: MIT
/** What goes on all the while, whether the module is there or not. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from '../lib/environment';
import { copied } from '../lib/named';
import { Program, execute, isTraced } from '../lib/program';
import { within } from '../lib/wait';
import { below, oneOf } from './random';
import { addReported, did, fault } from './tally';

const torture = (name: string): string => program(`torture/${name}.out`);
const seed = (): string => String(below(1e6));

/** Threads that are blocked in every call that is hooked. */
export class Blocked {
  readonly program = new Program(torture('blocked'));

  /** Each thread gets what it waits for; one that does not is stuck. */
  async prove(): Promise<void> {
    this.program.write('all\n');
    try {
      await within(300, 'every blocked call goes on', this.alive());
      did('blocked_calls_fed', 13);
    } catch {
      fault('stuck', `blocked calls: ${this.program.stdout.split('\n').at(-2) ?? ''} ${this.program.stderr}`);
    }
  }

  private async alive(): Promise<void> {
    while (!this.program.stdout.endsWith('alive\n')) await sleep(50);
    this.program.stdout = '';
  }

  async end(): Promise<void> {
    this.program.endInput();
    addReported(await this.program.output());
  }
}

/** Readers of the module's files, and writers of commands. */
export class Users {
  private readonly readers = new Program(torture('readers'), ['2', seed()]);
  private readonly commands = new Program(torture('commands'), ['2', seed()]);

  /** Without a session nothing holds the module. */
  async pause(): Promise<void> {
    this.commands.write('pause\n');
    await within(180, 'the users of control pause', this.paused());
  }

  private async paused(): Promise<void> {
    while (!this.commands.stdout.endsWith('paused\n')) await sleep(50);
    // It says nothing else until it ends.
    this.commands.stdout = '';
  }

  goOn(): void {
    this.commands.write('go\n');
  }

  async end(): Promise<void> {
    for (const user of [this.readers, this.commands]) {
      user.endInput();
      addReported(await within(60, 'the users of the files end', user.output()));
    }
  }
}

const cgroup = '/sys/fs/cgroup/torture';

const signal = (group: Program, name: NodeJS.Signals): void => {
  try {
    process.kill(-group.pid, name);
    did('signals');
  } catch {
    // It has ended.
  }
};

/** The unkind things that are done to a process group, which is a cgroup too. */
const ways: ((leader: Program) => Promise<void>)[] = [
  async (leader) => {
    for (let n = 0; n < 20; n++) {
      signal(leader, 'SIGUSR1');
      await sleep(5);
    }
  },
  async (leader) => {
    signal(leader, 'SIGSTOP');
    await sleep(below(200));
    signal(leader, 'SIGCONT');
  },
  async () => {
    writeFileSync(`${cgroup}/cgroup.freeze`, '1');
    await sleep(below(200));
    writeFileSync(`${cgroup}/cgroup.freeze`, '0');
    did('freezes');
  },
  async (leader) => {
    const tracer = new Program('strace', ['-f', '-qq', '-o', '/dev/null', '-p', String(leader.pid)]);
    // Before that it tries things with a child of its own, which would outlive it and hold its output open.
    while (!tracer.hasEnded && !leader.hasEnded && !isTraced(leader.pid)) await sleep(20);
    await Promise.race([sleep(500 + below(1000)), tracer.ended]);
    if (!leader.hasEnded) tracer.kill('SIGINT');
    await tracer.ended;
    did('traced');
  },
];

/** Whether a program has come so far that SIGUSR1 does not end it. */
function takesSignals(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & 0x200n) !== 0n;
}

/** A target under whatever name, disturbed from its beginning to its end. */
export async function disturbed(leader: Program): Promise<void> {
  mkdirSync(cgroup, { recursive: true });
  while (!leader.hasEnded && !takesSignals(leader.pid)) await sleep(20);
  if (!leader.hasEnded) writeFileSync(`${cgroup}/cgroup.procs`, String(leader.pid));
  while (!leader.hasEnded) {
    await oneOf(ways)(leader);
    await sleep(below(300));
  }
}

/** From now on allocations of its threads fail by chance, and of what these fork or start. */
function failAllocations(pid: number): void {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      writeFileSync(join('/proc', String(pid), 'task', task, 'make-it-fail'), '1');
    } catch (error) {
      // A thread that has ended meanwhile.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

/** Targets that are killed in the middle of what they do, one after the other; with faults where the kernel has them. */
export class Victims {
  private over = false;
  /** In memory and linked statically: a fault in the host's file system would take the root away from everybody. */
  private readonly path = copied('victim', 'mix/mix.out');
  private readonly loop: Promise<void>;

  constructor(private readonly failing: boolean) {
    this.loop = this.run();
  }

  private async run(): Promise<void> {
    while (!this.over) {
      const victim = new Program(this.path, ['run', seed(), '30', '/dev/null'], { detached: true });
      await sleep(300);
      if (this.failing && below(2) === 0 && !victim.hasEnded) {
        failAllocations(victim.pid);
        did('victims_with_faults');
      }
      await sleep(below(5000));
      try {
        process.kill(-victim.pid, 'SIGKILL');
        did('victims');
      } catch {
        // A fault was quicker.
      }
      await victim.ended;
    }
  }

  async end(): Promise<void> {
    this.over = true;
    await this.loop;
  }
}

/** Allocations that fail: by chance for the victims, and one by one where fail-nth says so. */
export async function prepareFaults(): Promise<boolean> {
  const folder = '/sys/kernel/debug/failslab';
  if ((await execute('test', ['-d', folder])).status !== 0) return false;
  for (const name of ['failslab', 'fail_page_alloc', 'fail_usercopy']) {
    const set = (file: string, value: string): void => {
      writeFileSync(`/sys/kernel/debug/${name}/${file}`, value);
    };
    set('verbose', '0');
    set('times', '-1');
    set('probability', name === 'fail_usercopy' ? '0' : '1');
    set('interval', '50');
    set('task-filter', 'Y');
    if (name !== 'fail_usercopy') set('ignore-gfp-wait', 'N');
    if (name === 'fail_page_alloc') set('min-order', '0');
  }
  return true;
}
