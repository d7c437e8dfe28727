// SPDX-License-Identifier: MIT
/** Runs in the guest. Starts further targets, which have sent a message and wait. */
import { Program } from '../test/vm/guest/lib/program';
import { until } from '../test/vm/guest/lib/wait';
import { targets } from './workloads';

export interface Crowd {
  end(): Promise<void>;
}

/** Starts `count` targets. The process that starts them is a target too, so there is one more. */
export async function crowd(count: number): Promise<Crowd> {
  const waiting = new Program(`${targets}/target-crowd`, ['crowd', String(count)]);
  await until('the crowd is there', () => waiting.stdout.startsWith('crowd') || waiting.hasEnded, 3600);
  if (waiting.hasEnded) throw new Error(waiting.stderr);
  return {
    end: async () => {
      waiting.endInput();
      await waiting.output();
    },
  };
}
