// SPDX-License-Identifier: MIT
/** The alternatives that a user could choose, all from Debian packages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AWAKE } from '../test/vm/guest/lib/bpftrace';
import { kernelIsAtLeast, repository } from '../test/vm/guest/lib/environment';
import { Program, outputOf } from '../test/vm/guest/lib/program';
import { until } from '../test/vm/guest/lib/wait';
import { nothing, shell, type State } from './state';

function beside(name: string, command: readonly string[], ready: RegExp, more: Partial<State> = {}): State {
  let running: Program | undefined;
  return {
    ...{ name, ours: false, command: shell(command), as: 'target' },
    begin: async () => {
      const [file = '', ...args] = command;
      const started = new Program(file, args);
      running = started;
      try {
        await until(`${name} watches`, () => ready.test(started.stdout + started.stderr) || started.hasEnded, 300);
      } catch (error) {
        // The measurements that follow must run without this tool.
        started.kill('SIGKILL');
        await started.ended;
        throw error;
      }
      if (!started.hasEnded) return;
      // A compiler prints many lines: report the first error.
      const lines = started.stderr.split('\n');
      throw new Error(lines.find((line) => /error:/i.test(line)) ?? lines[0]);
    },
    end: async () => {
      running?.kill('SIGINT');
      await running?.ended;
    },
    ...more,
  };
}

const wrapped = (name: string, prefix: readonly string[], more: Partial<State>): State => ({
  ...nothing,
  ...{ name, prefix, command: `${shell(prefix).replace(`${repository}/`, '')} COMMAND`, ...more },
});

/** The bpftrace program that a user would write to get our numbers: sums for each process and direction. */
const sums = (probes: readonly string[], result: string): string[] => [
  'bpftrace',
  '-e',
  [
    ...probes.map(
      (probe) => `${probe} /${result} > 0 && strncmp(comm, "target", 6) == 0/ { @bytes[pid, probe] = sum(${result}); }`,
    ),
    AWAKE,
    'BEGIN { printf("ready\\n"); }',
  ].join(' '),
];
const functions = ['inet_sendmsg', 'inet_recvmsg', 'inet6_sendmsg', 'inet6_recvmsg'];
const probes = (kind: string): string[] => functions.map((name) => `${kind}:${name}`);

const bpftraces: readonly [string, string[]][] = [
  ['bpftrace kretfunc', sums(probes('kretfunc'), '(int64)retval')],
  ['bpftrace kretprobe', sums(probes('kretprobe'), '(int64)retval')],
  ...(kernelIsAtLeast(6, 3)
    ? ([
        [
          'bpftrace tracepoints',
          sums(
            ['send', 'recv'].map((way) => `tracepoint:sock:sock_${way}_length`),
            'args->ret',
          ),
        ],
      ] as [string, string[]][])
    : []),
];

const cgroup = '/sys/fs/cgroup/bench';
const rules = ['output', 'input'].map(
  (hook) =>
    `add chain inet b ${hook} { type filter hook ${hook} priority 0; }; add rule inet b ${hook} socket cgroupv2 level 1 "bench" counter`,
);
const nftables: State = {
  ...nothing,
  name: 'nftables, bytes of a cgroup',
  command: `mkdir ${cgroup}; nft '${['add table inet b', ...rules].join('; ')}'; echo $$ > ${cgroup}/cgroup.procs; COMMAND`,
  prefix: ['sh', '-c', `echo $$ > ${cgroup}/cgroup.procs; exec "$@"`, 'sh'],
  begin: async () => {
    mkdirSync(cgroup, { recursive: true });
    const file = '/tmp/bench.nft';
    writeFileSync(file, ['add table inet b', ...rules].join('\n').replaceAll('; add', '\nadd') + '\n');
    await outputOf('nft', ['-f', file]);
  },
  end: async () => {
    await outputOf('nft', ['delete', 'table', 'inet', 'b']);
  },
};

export const alternatives: readonly State[] = [
  ...bpftraces.map(([name, command]) => beside(name, command, /ready/)),
  ...bpftraces
    .slice(0, 2)
    .map(([name, command]) => beside(`${name}, bystander`, command, /ready/, { as: 'bystander' })),
  // Python buffers its output when stdout is a pipe.
  beside('tcptop of bcc', ['env', 'PYTHONUNBUFFERED=1', 'tcptop-bpfcc', '-C', '1000'], /Tracing/),
  nftables,
  beside('nethogs', ['nethogs', '-t', '-a', '-d', '5'], /Refreshing|Ethernet link|listening/i),
  // ptrace.out does not follow children, so it would not slow down exec and http.
  wrapped('ptrace()', [join(repository, 'build/bench/ptrace.out')], { slow: true, without: ['exec', 'http'] }),
  wrapped('strace -f', ['strace', '-f', '-e', 'trace=network', '-o', '/tmp/strace.out'], { slow: true }),
];
