// SPDX-License-Identifier: MIT
import { aSnapshot, cli, someFlows, workingApi, type Outcome } from '../../support/cli';
import { schemaErrors } from '../../support/schema';

const show = (...argv: string[]): Promise<Outcome> => cli(['show', '--flows', ...argv], workingApi);

test('lists the flows of each process, the largest first, then the traffic in no flow', async () => {
  const { out } = await show();
  const [, table = ''] = /Flows of 1001 server\.out\n([^]*?)\n\n/.exec(out) ?? [];
  expect(table.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
    'TRANSPORT  LOCAL  REMOTE  SCOPE  RECEIVED BYTES  MESSAGES  SENT BYTES  MESSAGES',
    'tcp  127.0.0.1:9877  127.0.0.1:54197  loopback  100  3  18446744073709551515  4',
    'udp  ?:5353  ?  ?  0  0  60000  1',
    'tcp  [fe80::1]:9877  [2001:db8::7]:443  public  40  1  0  0',
    'tcp  other  other  ?  35  1  100  1',
  ]);
});

test('prints totals by remote host and by scope', async () => {
  const { out } = await show();
  expect(out).toMatch(/By remote: 4 addresses\n/);
  expect(out).toMatch(/^2001:db8::7 +public +1 +40 +1 +0 +0$/m);
  expect(out).toMatch(/By scope\n/);
  expect(out).toMatch(/^unknown +112 +2 +60100 +2$/m);
});

test('JSON and each line of ndjson match the schema, with unchanged counts', async () => {
  const { out: json } = await show('--json');
  expect(schemaErrors(json)).toEqual([]);
  expect(json).toContain('"sentBytes": 18446744073709551615');
  const lines = (await show('--format=ndjson')).out.trim().split('\n');
  expect(lines.flatMap(schemaErrors)).toEqual([]);
  expect(new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type))).toEqual(
    new Set(['process', 'program', 'flow', 'flowTotal', 'remote', 'scope', 'total']),
  );
});

test('CSV has one row per flow, and one for the traffic in no flow', async () => {
  const [header = '', ...rows] = (await show('--format=csv')).out.trim().split('\n');
  expect(header).toMatch(/^id,pid,program,kind,transport,family,.*,sentMessages$/);
  expect(rows).toHaveLength(5);
  expect(rows[3]).toBe('1,1001,server.out,other,tcp,,,,,,,,,,35,1,100,1');
});

test('Prometheus has series by program and scope, but not by flow', async () => {
  const { out } = await show('--format=prom');
  expect(out).toMatch(/^lkm_traffic_scope_bytes\{program="server\.out",scope="loopback",direction="received"\} 100$/m);
  expect(out).not.toContain('54197');
});

test('a selection has only the flows of its processes', async () => {
  const { out } = await show('1001');
  expect(out).toContain('Flows of 1001');
  expect(out).not.toContain('Flows of 1003');
});

test('a flow has the program of any record of its process', async () => {
  const [first, ...others] = aSnapshot.processes;
  if (!first) throw new Error('a snapshot of no process');
  const pid = first.pid;
  const unnamed = { ...first, program: null };
  const named = { ...first, id: 99n, startedAt: '2026-11-24T03:00:10.000000000Z', program: 'curl' };
  const both = { ...aSnapshot, processes: [unnamed, ...others, named], flows: someFlows };
  const shown = (format: string): Promise<Outcome> =>
    cli(['show', '--flows', `--format=${format}`], { snapshot: () => Promise.resolve(both) });
  expect((await shown('csv')).out).toMatch(new RegExp(`^1,${pid},curl,flow,`, 'm'));
  expect((await shown('prom')).out).toMatch(/^lkm_traffic_scope_bytes\{program="curl",scope="loopback"/m);
});
