// SPDX-License-Identifier: MIT
/** Compares the methods: what each is, what it sees, and what it adds to one message sent and received. */
import type { Result } from './result';
import { markdown, percentOf, rowOf, type Cheaper } from './table';

interface Method {
  readonly name: string;
  /** The name of its row in the table of costs. */
  readonly target: string;
  readonly bystander?: string;
  /** What the method is, and where it runs. */
  readonly kind: string;
  /** Whether it can watch one process, and the processes that this one starts. */
  readonly perProcess: string;
  readonly sees: string;
}

const METHODS: readonly Method[] = [
  {
    ...{ name: '**tracepoints, ours** (`engine=tracepoint`)', target: 'tracepoint, target' },
    ...{ bystander: 'tracepoint, bystander', kind: 'module; kernel', perProcess: 'yes, and its children' },
    sees: 'every way into a socket, peers, exits; Linux 6.5 and later',
  },
  {
    ...{ name: '**ftrace, ours** (`engine=redirect`)', target: 'redirect, target', bystander: 'redirect, bystander' },
    ...{ kind: 'module; kernel', perProcess: 'yes, and its children', sees: 'every way into a socket, peers, exits' },
  },
  {
    ...{ name: 'strace', target: 'strace -f', kind: 'program; user space' },
    ...{ perProcess: 'yes, and its children', sees: 'system calls by name; not read, write, sendfile, io_uring' },
  },
  {
    ...{ name: 'ptrace()', target: 'ptrace()', kind: 'system call; user space' },
    ...{
      perProcess: 'yes; children if asked',
      sees: 'every system call, with two stops each; io_uring makes no system calls',
    },
  },
  {
    ...{ name: 'packet capture (nethogs)', target: 'nethogs', kind: 'program; user space' },
    ...{ perProcess: 'by looking up ports in /proc', sees: 'packets, if the process still exists when it looks' },
  },
  {
    ...{ name: 'nftables', target: 'nftables, bytes of a cgroup', kind: 'rules; kernel' },
    ...{ perProcess: 'no, a cgroup', sees: 'packets with headers' },
  },
  {
    ...{ name: 'kretprobe (bpftrace)', target: 'bpftrace kretprobe', bystander: 'bpftrace kretprobe, bystander' },
    ...{
      kind: 'BPF on a breakpoint; kernel',
      perProcess: 'by name or PID',
      sees: 'results of the functions that are named',
    },
  },
  {
    ...{ name: 'fexit (bpftrace)', target: 'bpftrace kretfunc', bystander: 'bpftrace kretfunc, bystander' },
    ...{
      kind: 'BPF on a trampoline; kernel',
      perProcess: 'by name or PID',
      sees: 'results of the functions that are named',
    },
  },
  {
    ...{ name: 'tracepoints (bpftrace)', target: 'bpftrace tracepoints', kind: 'BPF on a tracepoint; kernel' },
    ...{ perProcess: 'by name or PID', sees: 'results of send and receive; Linux 6.3 and later' },
  },
];

/** A column of costs for each result. */
export function methods(results: readonly Result[]): string {
  const cost = (result: Result, state: string | undefined): string =>
    state === undefined ? 'none' : percentOf(rowOf(result, 'udp', state)) || '–';
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

/** What an alternative counts, and what it misses. */
const BLIND: Readonly<Record<string, string>> = {
  'nftables, bytes of a cgroup':
    'It counts packets with their headers, for a cgroup and not for a process. Retransmissions count, and so do data that no receiver read. A socket belongs to the cgroup that opened it. It shows no messages, peers or processes.',
  nethogs:
    'It samples captured packets. Short-lived processes and most of UDP are `unknown`. It sees neither exec nor exit.',
  'tcptop of bcc':
    'It counts only TCP, in calls of `tcp_sendmsg` and `tcp_cleanup_rbuf`. A process that ends between two samples has no name.',
  bpftrace:
    'It counts only the functions that its command line names. It misses sendfile before Linux 6.5, splice out of a socket, children with another name, starts and ends of processes, and peers. When its maps are full, further data are lost.',
  'strace -f':
    'It sees the network system calls by name. It misses read, write, sendfile, splice and io_uring on sockets.',
  'ptrace()': 'The program that was measured counts sendto and recvfrom of one process.',
};

const blind = (alternative: string): string => BLIND[alternative] ?? BLIND[alternative.split(' ')[0] ?? ''] ?? '';

export const blindSpots = (): string =>
  Object.entries(BLIND)
    .map(([name, text]) => `- **${name}**: ${text}`)
    .join('\n');

/** One line for each alternative that is cheaper than a target of ours, with the workloads on which it is cheaper. */
export function cheaperLines(lines: readonly Cheaper[]): string {
  if (lines.length === 0) return 'No measured alternative costs less than a target on any workload.';
  const names = [...new Set(lines.map(({ alternative }) => alternative))];
  return [
    'Alternatives that cost less than a target on some workload, and what they do not count:',
    '',
    ...names.map((name) => {
      const where = lines
        .filter(({ alternative }) => alternative === name)
        .map(({ workload, cost, ours }) => `${workload} (${cost} against ${ours})`);
      return `- ${name}: ${where.join(', ')}. ${blind(name)}`;
    }),
  ].join('\n');
}
