// SPDX-License-Identifier: MIT
/** Runs in the guest. Measures what is paid once: loading, unloading, starting the command, memory. */
import { copyFileSync, readFileSync } from 'node:fs';
import { modulePath } from '../test/vm/guest/lib/environment';
import { load, unload } from '../test/vm/guest/lib/module';
import { outputOf } from '../test/vm/guest/lib/program';
import { engines } from './ours';
import type { Size } from './result';
import { quick, targets } from './workloads';

const REPEATS = quick ? 1 : 3;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Elapsed seconds and CPU seconds of a command. */
async function timed(command: string): Promise<{ elapsed: number; computed: number }> {
  const text = await outputOf('bash', ['-c', `TIMEFORMAT='%3R %3U %3S'; { time ${command} >/dev/null 2>&1; } 2>&1`]);
  const [elapsed = NaN, user = NaN, system = NaN] = text.trim().split(' ').map(Number);
  return { elapsed, computed: user + system };
}

function once(line: string, column: string, value: string, command: string): Size {
  console.log(`${line} ${value} ${column}`);
  return { table: 'once', line, column, value, command };
}
/** Millions of instructions: on this guest's clock, one nanosecond is one instruction. */
const millions = (seconds: number): string => (seconds * 1000).toFixed(1);

async function loading(): Promise<Size[]> {
  const ko = `${targets}/net_traffic.ko`;
  copyFileSync(modulePath, ko);
  const sizes: Size[] = [];
  for (const engine of engines) {
    const loads: number[] = [];
    const unloads: number[] = [];
    const waits: number[] = [];
    const insmod = `insmod ${ko} idle=1 engine=${engine}`;
    for (let n = 0; n < REPEATS; n++) {
      loads.push((await timed(insmod)).computed);
      const { computed, elapsed } = await timed('rmmod net_traffic');
      unloads.push(computed);
      waits.push(elapsed);
    }
    sizes.push(
      once(
        `load, engine=${engine}`,
        'million instructions',
        millions(median(loads)),
        insmod.replace(ko, 'net_traffic.ko'),
      ),
      once(`unload, engine=${engine}`, 'million instructions', millions(median(unloads)), 'rmmod net_traffic'),
      once(`unload, engine=${engine}`, 'ms, with waiting', millions(median(waits)), 'time rmmod net_traffic'),
    );
  }
  return sizes;
}

async function starting(): Promise<Size[]> {
  const commands: Readonly<Record<string, string>> = {
    'Node.js alone': 'node -e 0',
    'Node.js with the addon': 'node -e \'require("./build/Release/lkm_traffic.node")\'',
    'Node.js with the API': 'node -e \'require("./dist")\'',
    'lkm-traffic --version': 'node bin/lkm-traffic.js --version',
    'lkm-traffic status': 'node bin/lkm-traffic.js status',
  };
  await load({ idle: 1 });
  const sizes: Size[] = [];
  for (const [line, command] of Object.entries(commands)) {
    // The first run reads the files from the host's disk, so it is not measured.
    await timed(command);
    sizes.push(once(line, 'million instructions', millions((await timed(command)).computed), command));
  }
  await unload();
  return sizes;
}

const memory = (line: string, value: number, command: string): Size => ({
  ...{ table: 'memory', line, column: 'bytes', value: String(Math.round(value)), command },
});
/** Bytes for each object of a slab cache, including the unused rest of its pages. */
const perObject = (cache: string): number => {
  const of = (file: string): number =>
    Number(readFileSync(`/sys/kernel/slab/${cache}/${file}`, 'latin1').split(' ')[0]);
  return (4096 << of('order')) / of('objs_per_slab');
};

async function remembering(): Promise<Size[]> {
  await load({ fname: 'target*' });
  const module = Number(/^net_traffic (\d+)/m.exec(readFileSync('/proc/modules', 'latin1'))?.[1]);
  const sizes = [
    memory('a process', perObject('traffic_record'), '/sys/kernel/slab/traffic_record'),
    memory('a flow', perObject('traffic_flow'), '/sys/kernel/slab/traffic_flow'),
    memory('the module', module, 'lsmod'),
  ];
  await unload();
  return sizes;
}

export const fixed = async (): Promise<Size[]> => [
  ...(await loading()),
  ...(await starting()),
  ...(await remembering()),
];
