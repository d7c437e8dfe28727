// SPDX-License-Identifier: MIT
/** Programs of bpftrace that add something up. */
import { Program } from './program';

/** A Ctrl-C that comes while it handles an event is noticed at the next one only: so there is one each second. */
export const AWAKE = 'interval:s:1 { printf(""); }';

/** Resolves when its probes are attached. */
export async function startBpftrace(probes: string): Promise<Program> {
  const tracer = new Program('bpftrace', ['-e', `${probes}\n${AWAKE}\nBEGIN { printf("attached\\n"); }`]);
  await tracer.line(/^attached$/);
  return tracer;
}

/** Ends it, and gives what is in its maps by their names. */
export async function mapsOf(tracer: Program): Promise<Record<string, number>> {
  tracer.kill('SIGINT');
  const output = await tracer.output();
  return Object.fromEntries(
    [...output.matchAll(/^@(\w+): (\d+)$/gm)].map(([, name = '', value = '']) => [name, Number(value)]),
  );
}
