// SPDX-License-Identifier: MIT
/** The rules of counting: what a witness says that a program moved is what the module counted of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Case } from './cases/case';
import { families } from './cases/families';
import { columns } from './cases/flows';
import { inet } from './cases/inet';
import { print, type Line } from './cases/table';
import { verify } from './cases/verify';
import { engine, program } from './lib/environment';
import { insmod, load, unload } from './lib/module';
import { type Shared, test } from './lib/plan';
import { execute, outputOf } from './lib/program';
import { counters, theProgram } from './lib/proc';

const programsOf = (cases: readonly Case[]): string[] => [...new Set(cases.map((entry) => entry.program))];

const add = (values: readonly string[]): bigint => values.reduce((sum, value) => sum + BigInt(value), 0n);

/** One load of the module for all cases of a table, which is printed when they have run. */
function plan(cases: readonly Case[], counted: readonly string[]): void {
  const names = programsOf(cases).map((name) => `${name}.out`);
  const lines: Line[] = [];
  const shared: Shared = {
    begin: async () => {
      // Below what all tests print: a table that begins in the middle of it is not found.
      process.once('exit', () => {
        print(`cases of families=${counted.join(',')} on ${release()} with engine=${engine}:`, lines);
      });
      const { status, stderr } = await insmod({ fname: names.join(','), families: counted.join(',') });
      assert.equal(status, 0, stderr);
      // Nothing loads it by itself.
      if (counted.includes('vsock')) await outputOf('modprobe', ['vsock_loopback']);
    },
    end: unload,
  };
  for (const entry of cases) {
    test(
      `counts ${entry.case} (${entry.program} ${entry.scenario})`,
      () => verify(entry, counted, (line) => lines.push(line)),
      60,
      shared,
    );
  }
  test(
    `counts of families=${counted.join(',')} add up: each program's are the sum of its processes'`,
    () => {
      for (const name of names) {
        const rows = counters().filter((row) => row['program'] === name);
        const total = theProgram(name);
        for (const column of columns) {
          const values = rows.map((row) => row[column] ?? '');
          const sum = total[column] === '-' ? values.find((value) => value !== '-') : String(add(values));
          assert.equal(total[column], sum ?? '-', `${column} of ${name}`);
        }
      }
    },
    60,
    shared,
  );
}

const all = [...inet, ...families];

test('the case table has every scenario of every program in test/programs/calls', async () => {
  for (const name of programsOf(all)) {
    const scenarios = (await outputOf(program(`calls/${name}.out`))).trim().split('\n');
    const cases = all.filter((entry) => entry.program === name).map((entry) => entry.scenario);
    assert.deepEqual(cases.sort(), scenarios.sort(), name);
  }
});

test('families=inet loads no kernel module of another family', async () => {
  const loaded = (): string[] =>
    readFileSync('/proc/modules', 'latin1')
      .split('\n')
      .map((line) => line.replace(/ .*/, ''))
      .filter((name) => /vsock|af_packet|unix/.test(name));
  // What an earlier test may have needed.
  await execute('modprobe', ['-r', 'vsock_loopback', 'vsock', 'af_packet']);
  assert.deepEqual(loaded(), []);
  await load({ idle: 1, families: 'inet' });
  assert.deepEqual(loaded(), []);
});

plan(inet, ['inet']);
plan(families, ['inet', 'unix', 'packet', 'vsock']);
