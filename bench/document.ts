// SPDX-License-Identifier: MIT
/** Writes docs/cost.md from the results of the measurements. */
import { blindSpots, cheaperLines, methods } from './methods';
import { goals } from './goals';
import type { Result } from './result';
import { cheaper, costs, drift, markdown, sizesIn, tablesOf, workloadsOf } from './table';

/** Percent by which the first and the last measurement of a bare workload may differ before the page warns. */
const UNSTEADY = 3;

const WORKLOADS: Readonly<Record<string, string>> = {
  udp: 'one UDP message of 35 bytes, sent and received',
  'udp-flows': 'the same, over 1,000 flows in turn',
  tcp: 'a TCP request and its response, 35 bytes each',
  bulk: '64 KiB over TCP, sent in one call and received',
  sendfile: '64 KiB by sendfile, and received',
  epoll: '35 bytes over one of 100 connections, found by epoll',
  exec: 'fork, exec, exit',
  http: 'a request to a Node.js server; the server is the target or bystander',
};

/** The heading of each table of sizes, and the text above the table. */
const SIZES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  targets: [
    'More counted processes',
    'This many processes are watched and have sent something. One of them sends and receives the UDP messages. The module finds a process by 16 bits of its PID, so the cost of a call does not depend on the number of processes.',
  ],
  flows: [
    'More flows',
    'One process sends over all its sockets in turn, so a call never uses the flow of the call before. (In the last line a second process holds half of the flows.) Each CPU remembers up to eight flows of each direction. It looks up the others in a hash table: this is the step between the first line and the second. Each flow that is used also gets a time stamp, once per tick of the clock.',
  ],
  reading: [
    'Reading the counters',
    'Instructions of the kernel and of Node.js, for one read of `counters`, and for one sample of a session (its CPU time).',
  ],
  events: [
    'Trace events',
    'The first column is a module that was built without its [trace events](events.md) (`bench/without-events.patch`). The other columns are what is added to it: while the events are off, and while all of them are on and recorded in a kernel buffer.',
  ],
  once: [
    'Loading, unloading and starting',
    "CPU time on the guest's clock, on which one nanosecond is one instruction; the last column is elapsed time. Files were read once before, so they come from memory.",
  ],
  memory: [
    'Memory',
    'Including the unused rest of a page. For limits, and for what a busy process adds for each processor: [limits](proc.md#limits).',
  ],
  cpus: [
    'More processors',
    'This table does not count instructions. It shows throughput in a guest with four processors, each of which is a thread of the host. The first column is the number of independent socket pairs, each on a processor of its own. A value is the throughput of targets divided by the throughput of bystanders, measured in turns: the median, and in brackets the middle half of the values. A wide range means that the host had other work, or fewer processors than the guest.',
  ],
};

const commandsOf = (results: readonly Result[]): string =>
  [...new Map(results.flatMap(({ rows }) => rows.map(({ state, command }) => [state, command] as const)))]
    .filter(([, command]) => command !== '')
    .map(([state, command]) => `- ${state}: \`${command}\``)
    .join('\n');

/** A warning that names the workloads whose bare cost changed between the first and the last measurement. */
function unsteady(result: Result): string[] {
  const moved = workloadsOf(result).filter((workload) => drift(result, workload) > UNSTEADY);
  return moved.length === 0
    ? []
    : [`The bare workload itself changed until the end, in ${moved.join(', ')}: do not compare distant rows of it.`];
}

function section(result: Result): string {
  return [
    `### ${result.kernel}${result.append && ` with \`${result.append}\``} (QEMU ${result.qemu})`,
    ...(result.append === '' ? [] : [`Mitigations that the kernel reports: ${result.mitigations.join('; ')}.`]),
    markdown(costs(result)),
    ...unsteady(result),
    ...(result.failures.length === 0
      ? []
      : [`Did not run: ${result.failures.map((line) => `\`${line}\``).join('; ')}.`]),
    cheaperLines(cheaper(result)),
  ].join('\n\n');
}

/** One table of sizes for each kernel, and the commands that produced the numbers. */
function sizes(table: string, results: readonly Result[]): string {
  const commands = results.flatMap((result) => result.sizes.filter((size) => size.table === table));
  const [title, text] = SIZES[table] ?? [table, ''];
  return [
    `### ${title}`,
    text,
    ...results
      .filter((result) => tablesOf(result).includes(table))
      .flatMap((result) => [`${result.kernel}:`, markdown(sizesIn(result, table))]),
    `<details><summary>Commands</summary>\n\n${[
      ...new Set(commands.map(({ line, column, command }) => `- ${line}, ${column}: \`${command}\``)),
    ].join('\n')}\n\n</details>`,
  ].join('\n\n');
}

export function document(all: readonly Result[]): string {
  const full = all.filter(({ quick }) => !quick);
  const tables = full.filter(({ rows, append }) => rows.length > 0 && append === '');
  const defended = full.filter(({ rows, append }) => rows.length > 0 && append !== '');
  const tablesOfSizes = [...new Set(full.flatMap(tablesOf))];
  return `# Cost

What does counting cost, for the programs that are counted and for all others? The first table compares the module with
other tools. The sections after it have all numbers, and the commands to repeat them.

\`make bench WRITE=1\` generates this page; do not edit it.

## Compared with the alternatives

A **target** is a program that is watched. A **bystander** is any other program, while a target is watched. The last columns
show how many instructions each method adds to one UDP message of 35 bytes, sent and received, in percent.

${methods(tables)}

What the alternatives do not count:

${blindSpots()}

## Which engine

- \`tracepoint\` is the default where the kernel supports it (Linux 6.5 and later). It adds less to a call than
  \`redirect\`, for targets and for bystanders. None of its code is on the stack of a sleeping send or receive, so unloading
  does not disturb these calls ([safety](safety.md), [unloading](unloading.md)).
- \`redirect\` is for older kernels, whose tracepoints do not exist or miss \`sendfile\`. On newer kernels it sees two things
  that a tracepoint cannot see: the peers of datagrams that no \`connect()\` named, and the notifications of SCTP
  ([accounting](accounting.md)).

## How to read the numbers

The numbers are CPU instructions for one operation. They include everything that runs in the guest: the kernel, the program
and the tool that watches it. They come from a guest whose clock counts instructions, so they are repeatable.

- Real time is not proportional to instructions: caches, branches, locked operations and real devices do not show in them.
  The order of the methods carries over to real time; the percentages do not.
- \`nothing\` is the workload alone, in instructions. The other rows are what a method adds, in percent.
- \`nothing, again\` is the workload alone once more, at the end. Differences smaller than this row mean nothing.
- \`log_packets\` writes a line to the kernel log for each call. Its cost depends on the reader of the log: here a program
  that copies it.

| workload | one operation |
|---|---|
${Object.entries(WORKLOADS)
  .map(([name, what]) => `| ${name} | ${what} |`)
  .join('\n')}

To measure a single cell: \`bench/run --kernels 6.12 --only '^tracepoint, target$' --workloads '^udp$'\`.

## Goals

${goals(tables)}

## All methods and workloads

${tables.map(section).join('\n\n')}

## With mitigations

The kernels above run with \`mitigations=off\`. With mitigations an indirect call takes a few more instructions, and each
method makes some indirect calls. The time that a processor waits at each of them does not show in a count of instructions.

${defended.map(section).join('\n\n')}

## How the cost grows, and what is paid once

${tablesOfSizes.length === 0 ? 'This run did not measure it. To measure everything: `make bench`.' : ''}${tablesOfSizes.map((table) => sizes(table, full)).join('\n\n')}

No two processors write the same cache line at each call:

- Each processor has a block of counters of its own (\`kmod/counts/counters.h\`).
- A call in flight occupies a slot of its processor (\`kmod/hooks/flight.h\`).
- A call writes the flow of one connection, and the kernel writes the socket of that connection too.
- All processors read the table of processes and the flags at each call, and nobody writes them.

## The commands

\`COMMAND\` is \`./target udp 20000\` or the like: the program of \`bench/workloads.c\`, started under that name.

${commandsOf(full)}
`;
}
