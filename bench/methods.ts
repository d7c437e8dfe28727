// SPDX-License-Identifier: MIT
/** The methods beside each other: what they are, what they see, and what that costs a pair of messages. */
import type { Result } from './result';
import { markdown, percentOf, rowOf, type Cheaper } from './table';

interface Method {
  readonly name: string;
  /** Where in the table of costs it stands. */
  readonly target: string;
  readonly bystander?: string;
  /** What it is, and where it runs. */
  readonly kind: string;
  /** Whether it can be had for one process, and for those that it starts. */
  readonly perProcess: string;
  readonly sees: string;
}

const METHODS: readonly Method[] = [
  {
    ...{ name: 'strace', target: 'strace -f', kind: 'program; user space' },
    ...{ perProcess: 'yes, and its children', sees: 'system calls by name; not read, write, sendfile, io_uring' },
  },
  {
    ...{ name: 'ptrace()', target: 'ptrace()', kind: 'system call; user space' },
    ...{ perProcess: 'yes; children if asked', sees: 'every system call, two stops each; io_uring makes none' },
  },
  {
    ...{ name: 'packet capture (nethogs)', target: 'nethogs', kind: 'program; user space' },
    ...{ perProcess: 'by looking ports up in /proc', sees: 'packets, while the process can still be found' },
  },
  {
    ...{ name: 'nftables', target: 'nftables, bytes of a cgroup', kind: 'rules; kernel' },
    ...{ perProcess: 'no, a cgroup', sees: 'packets with headers' },
  },
  {
    ...{ name: 'kretprobe (bpftrace)', target: 'bpftrace kretprobe', bystander: 'bpftrace kretprobe, bystander' },
    ...{ kind: 'BPF on a breakpoint; kernel', perProcess: 'by name or PID', sees: 'results of the functions named' },
  },
  {
    ...{ name: 'fexit (bpftrace)', target: 'bpftrace kretfunc', bystander: 'bpftrace kretfunc, bystander' },
    ...{ kind: 'BPF on a trampoline; kernel', perProcess: 'by name or PID', sees: 'results of the functions named' },
  },
  {
    ...{ name: 'tracepoints (bpftrace)', target: 'bpftrace tracepoints', kind: 'BPF on a tracepoint; kernel' },
    ...{ perProcess: 'by name or PID', sees: 'results of send and receive; Linux 6.3 and later' },
  },
  {
    ...{ name: '**ftrace, ours** (`engine=redirect`)', target: 'redirect, target', bystander: 'redirect, bystander' },
    ...{ kind: 'module; kernel', perProcess: 'yes, and its children', sees: 'every way into a socket, peers, ends' },
  },
  {
    ...{ name: '**tracepoints, ours** (`engine=tracepoint`)', target: 'tracepoint, target' },
    ...{ bystander: 'tracepoint, bystander', kind: 'module; kernel', perProcess: 'yes, and its children' },
    sees: 'the same; Linux 6.5 and later',
  },
];

/** A column of costs for each result. */
export function methods(results: readonly Result[]): string {
  const cost = (result: Result, state: string | undefined): string =>
    state === undefined ? 'nothing' : percentOf(rowOf(result, 'udp', state)) || '–';
  return markdown(
    [
      [
        'method',
        'for one process',
        'what it is; where it runs',
        'what it sees',
        ...results.flatMap(({ kernel }) => [`target, ${kernel.replace(/\+.*/, '')}`, 'bystander']),
      ],
      ...METHODS.map((method) => [
        ...[method.name, method.perProcess, method.kind, method.sees],
        ...results.flatMap((result) => {
          const target = cost(result, method.target);
          const isPerCall = method.target.includes('bpftrace') && method.bystander === undefined;
          const everybody = /nethogs|nftables/.test(method.target) || isPerCall;
          return [target, target === '–' ? '–' : everybody ? 'not measured' : cost(result, method.bystander)];
        }),
      ]),
    ],
    4,
  );
}

/** What is not in the number of an alternative. */
const BLIND: Readonly<Record<string, string>> = {
  'nftables, bytes of a cgroup':
    'packets with their headers, of a cgroup and not of a process; retransmissions count, what a receiver never read counts, and a socket belongs to the cgroup that opened it. No messages, no peers, no processes',
  nethogs: 'captured packets, sampled; short-lived processes and most of UDP are `unknown`; it sees no exec and no end',
  'tcptop of bcc':
    'TCP only, calls of `tcp_sendmsg` and `tcp_cleanup_rbuf`; a process that ends between two samples stays without a name',
  bpftrace:
    'what the line names and no more: not sendfile before Linux 6.5, not splice out of a socket, no children by another name, no start and no end of a process, no peers; its maps lose what comes when they are full',
  'strace -f': 'the system calls on sockets by name; not read, write, sendfile, splice or io_uring on them',
  'ptrace()': 'sendto and recvfrom of one process',
};

const blind = (alternative: string): string => BLIND[alternative] ?? BLIND[alternative.split(' ')[0] ?? ''] ?? '';

export const blindSpots = (): string =>
  Object.entries(BLIND)
    .map(([name, text]) => `- **${name}**: ${text}.`)
    .join('\n');

/** Each alternative that is cheaper somewhere, once, with where. */
export function cheaperLines(lines: readonly Cheaper[]): string {
  if (lines.length === 0) return 'No alternative that was measured costs less than a target of ours, on any workload.';
  const names = [...new Set(lines.map(({ alternative }) => alternative))];
  return [
    'Cheaper than a target of ours, and what they do not count:',
    '',
    ...names.map((name) => {
      const where = lines
        .filter(({ alternative }) => alternative === name)
        .map(({ workload, cost, ours }) => `${workload} (${cost} against ${ours})`);
      return `- ${name}: ${where.join(', ')}. It counts ${blind(name)}.`;
    }),
  ].join('\n');
}
