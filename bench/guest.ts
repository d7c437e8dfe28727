// SPDX-License-Identifier: MIT
/** Runs in the guest. The begin and the end of every kind of measurement. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { cleanUp } from '../test/vm/guest/lib/cleanup';
import type { Result } from './result';
import { install, quick } from './workloads';

type Measured = Partial<Pick<Result, 'rows' | 'failures' | 'sizes'>>;

const weaknesses = '/sys/devices/system/cpu/vulnerabilities';

function mitigations(): string[] {
  return readdirSync(weaknesses)
    .map((name) => `${name}: ${readFileSync(`${weaknesses}/${name}`, 'utf8').trim()}`)
    .filter((line) => line.includes(': Mitigation: '))
    .map((line) => line.replace(' Mitigation: ', ' '));
}

/** Runs the measurement, and writes the result to the file that this program gets as its argument. */
export function runAs(measuring: () => Promise<Measured>): void {
  const write = async (): Promise<void> => {
    install();
    const measured = await measuring();
    await cleanUp();
    const result: Result = {
      schema: 'lkm-traffic-bench/1',
      ...{ kernel: release(), qemu: process.env['QEMU'] ?? '', append: process.env['APPEND'] ?? '' },
      ...{ mitigations: mitigations(), quick, rows: [], failures: [], sizes: [], ...measured },
    };
    writeFileSync(process.argv[2] ?? '', `${JSON.stringify(result, null, 1)}\n`);
  };
  void write().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
