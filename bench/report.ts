// SPDX-License-Identifier: MIT
/**
 * Prints the results, writes docs/cost.md, and compares with a baseline.
 * Usage: `report.js [--baseline FILE] [--write] RESULT …`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare } from './compare';
import { document } from './document';
import type { Result } from './result';
import { cheaper, costs, printed, sizesIn, tablesOf } from './table';

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const { values, positionals } = parseArgs({
  options: { baseline: { type: 'string' }, write: { type: 'boolean' } },
  allowPositionals: true,
});
const results = positionals.map((file) => read(file) as Result);

for (const result of results) {
  const name = `${result.kernel}${result.append && ` with ${result.append}`}, QEMU ${result.qemu}${result.quick ? ', quick' : ''}`;
  if (result.rows.length > 0) {
    console.log(`\n${name}: instructions per operation, and what each method adds\n${printed(costs(result))}`);
    for (const failure of result.failures) console.log(`did not run: ${failure}`);
    for (const { alternative, workload, cost, ours } of cheaper(result))
      console.log(`cheaper: ${alternative}, ${workload}: ${cost} against ${ours}`);
  }
  for (const table of tablesOf(result)) console.log(`\n${name}\n${printed(sizesIn(result, table))}`);
}
if (values.write === true) {
  writeFileSync('docs/cost.md', document(results));
  // Keep what the comparison needs: our rows, and the last run of the bare workloads, which shows how steady they are.
  const kept = results
    .filter(({ rows }) => rows.length > 0)
    .map((result) => ({
      ...{ ...result, mitigations: [], failures: [], sizes: [] },
      rows: result.rows
        .filter(({ ours, state }) => ours || state === 'nothing, again')
        .map((row) => ({ ...row, command: '' })),
    }));
  writeFileSync('bench/baseline.json', `${JSON.stringify(kept, null, 2)}\n`);
}
if (values.baseline !== undefined) {
  const baseline = read(values.baseline) as Result[];
  const comparisons = results.filter(({ rows }) => rows.length > 0).map((result) => compare(result, baseline));
  console.log(`\n${comparisons.flatMap(({ lines }) => lines).join('\n')}`);
  const sum = (of: 'passed' | 'failed'): number => comparisons.reduce((total, one) => total + one[of], 0);
  console.log(`bench: ${sum('passed')} passed, ${sum('failed')} failed`);
  if (sum('failed') > 0) process.exitCode = 1;
}
