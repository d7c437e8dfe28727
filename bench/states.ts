// SPDX-License-Identifier: MIT
/** The ways to watch, each switched on for all workloads and off again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Control } from '../test/vm/guest/lib/control';
import { load, unload } from '../test/vm/guest/lib/module';
import { Program, outputOf } from '../test/vm/guest/lib/program';
import { readTable } from '../test/vm/guest/lib/proc';
import { until } from '../test/vm/guest/lib/wait';
import { kernelIsAtLeast } from '../test/vm/guest/lib/environment';

export interface State {
  readonly name: string;
  readonly ours: boolean;
  readonly command: string;
  /** The name that the workload is started under: whether it is the one that is watched. */
  readonly as: 'target' | 'bystander';
  /** It makes the workload so much slower that a part of it will do. */
  readonly slow?: boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** What is put before the workload's command. */
  readonly prefix?: readonly string[];
  /** Workloads that it cannot be measured with. */
  readonly without?: readonly string[];
}

export const nothing: State = {
  name: 'nothing',
  ours: false,
  command: '',
  as: 'target',
  begin: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

type Parameters = Record<string, string | number>;

function module(name: string, as: State['as'], parameters: Parameters, crowd?: number): State {
  const all: Parameters = { fname: as === 'target' ? 'target*' : 'somebody', ...parameters };
  let waiting: Program | undefined;
  return {
    name,
    ours: true,
    command:
      `insmod net_traffic.ko ${Object.entries(all)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')}` + (crowd === undefined ? '' : `; ${crowd} processes that wait are watched too`),
    as,
    begin: async () => {
      await load(all);
      if (crowd === undefined) return;
      waiting = new Program(`${targets}/target-crowd`, ['crowd', String(crowd)]);
      await until('the crowd is there', () => waiting?.stdout.startsWith('crowd'), 600);
    },
    end: async () => {
      if (waiting !== undefined) {
        const [program] = readTable('programs');
        if (Number(program?.['running']) < (crowd ?? 0))
          throw new Error(`the crowd is not watched: ${program?.['running'] ?? ''}`);
        waiting.endInput();
        await waiting.output();
      }
      await unload();
    },
  };
}

/** What `run` and the API do: as the module's own watch, without its lines in the kernel's log. */
function session(name: string, parameters: Parameters): State {
  let control: Control | undefined;
  return {
    name,
    ours: true,
    command: `insmod net_traffic.ko idle=1 engine=${parameters['engine'] ?? ''}; echo session, and then watch target*, into control`,
    as: 'target',
    begin: async () => {
      await load({ idle: 1, ...parameters });
      control = Control.session('watch target*');
    },
    end: async () => {
      control?.close();
      await unload();
    },
  };
}

/** Where the workload lies, under each name. */
export const targets = '/tmp/bench';

function beside(name: string, command: readonly string[], ready: RegExp, more: Partial<State> = {}): State {
  let running: Program | undefined;
  return {
    name,
    ours: false,
    command: command.map((word) => (/[\s'"{}*/]/.test(word) ? `'${word}'` : word)).join(' '),
    as: 'target',
    begin: async () => {
      const [file = '', ...args] = command;
      const started = new Program(file, args);
      running = started;
      await until(`${name} watches`, () => ready.test(started.stdout + started.stderr) || started.hasEnded, 600);
      if (started.hasEnded) throw new Error(`${name}: ${started.stderr}`);
    },
    end: async () => {
      running?.kill('SIGINT');
      await running?.ended;
    },
    ...more,
  };
}

const bpftrace = (program: string): string[] => ['bpftrace', '-e', `${program} BEGIN { printf("ready\\n"); }`];
/** Per process, direction: what a user of bpftrace writes to have our numbers. */
const sums = (probe: string): string =>
  ['inet_sendmsg', 'inet_recvmsg', 'inet6_sendmsg', 'inet6_recvmsg']
    .map(
      (f) =>
        `${probe}:${f} /(int64)retval > 0 && strncmp(comm, "target", 6) == 0/ { @bytes[pid, "${f}"] = sum(retval); }`,
    )
    .join(' ');

const cgroup = '/sys/fs/cgroup/bench';
const nftables: State = {
  name: 'nftables, bytes of a cgroup',
  ours: false,
  command:
    "nft add table inet b; nft add chain inet b o '{ type filter hook output priority 0; }'; nft add rule inet b o socket cgroupv2 level 1 bench counter (and the same for input)",
  as: 'target',
  prefix: ['sh', '-c', `echo $$ > ${cgroup}/cgroup.procs; exec "$@"`, 'sh'],
  begin: async () => {
    mkdirSync(cgroup, { recursive: true });
    const rules = ['output', 'input']
      .map((hook) => `chain ${hook} { type filter hook ${hook} priority 0; socket cgroupv2 level 1 "bench" counter }`)
      .join('\n');
    writeFileSync('/tmp/bench.nft', `table inet bench {\n${rules}\n}\n`);
    await outputOf('nft', ['-f', '/tmp/bench.nft']);
  },
  end: async () => {
    await outputOf('nft', ['delete', 'table', 'inet', 'bench']);
  },
};

const engines = kernelIsAtLeast(6, 3) ? ['tracepoint', 'redirect'] : ['redirect'];

function ours(engine: string): State[] {
  return [
    module(`${engine}, bystander`, 'bystander', { engine }),
    module(`${engine}, target`, 'target', { engine }),
    session(`${engine}, target of a session`, { engine }),
    module(`${engine}, target, no flows`, 'target', { engine, max_flows: 0 }),
    module(`${engine}, one of 1000 targets`, 'target', { engine }, 1000),
    module(`${engine}, target, log_packets`, 'target', { engine, log_packets: 1 }),
  ];
}

const alternatives: State[] = [
  beside('bpftrace kretfunc', bpftrace(sums('kretfunc')), /ready/),
  beside('bpftrace kretprobe', bpftrace(sums('kretprobe')), /ready/),
  ...(kernelIsAtLeast(6, 3)
    ? [
        beside(
          'bpftrace tracepoints',
          bpftrace(
            ['send', 'recv']
              .map(
                (way) =>
                  `tracepoint:sock:sock_${way}_length /args->ret > 0 && strncmp(comm, "target", 6) == 0/ { @bytes[pid, "${way}"] = sum(args->ret); }`,
              )
              .join(' '),
          ),
          /ready/,
        ),
      ]
    : []),
  beside('tcptop of bcc', ['tcptop-bpfcc', '-C', '1000'], /Tracing/),
  nftables,
  beside('nethogs', ['nethogs', '-t', '-a', '-d', '5'], /Refreshing|Ethernet link|listening/i, {}),
  {
    ...nothing,
    name: 'strace -f',
    command: 'strace -f -e trace=network -o FILE COMMAND',
    prefix: ['strace', '-f', '-e', 'trace=network', '-o', '/tmp/strace.out'],
    slow: true,
  },
];

export const states: readonly State[] = [nothing, ...engines.flatMap(ours), ...alternatives, nothing];
