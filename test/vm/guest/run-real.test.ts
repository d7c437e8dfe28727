// SPDX-License-Identifier: MIT
/** `lkm-traffic run` of what people run: equal, to the byte, to what the other end moved. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLoaded } from './lib/module';
import { folder } from './lib/named';
import { slowTest, test } from './lib/plan';
import { execute, outputOf } from './lib/program';
import { installed, registry } from './lib/registry';
import { reportedWith, type RunDocument } from './lib/run';
import { countingServer, type CountingServer } from './lib/server';
import { repository } from './real/repository';

function assertEqual(report: RunDocument, server: CountingServer): void {
  const { received, sent } = server.moved();
  const { receivedBytes, sentBytes } = report.traffic['total'] ?? {};
  console.log(`# received ${receivedBytes} bytes, the server sent ${sent}; sent ${sentBytes}, it received ${received}`);
  assert.deepEqual([String(receivedBytes), String(sentBytes)], [String(sent), String(received)]);
  assert.ok(sent > 0n);
  assert.equal(report.exact, true);
  assert.equal(isLoaded(), false);
}

slowTest(
  'run: npm ci from a registry',
  async () => {
    const { server, env, project } = await registry();
    const root = folder();
    project(root);
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const { status, stderr, report } = await reportedWith([], 'env', ...variables, 'sh', '-c', `cd ${root} && npm ci`);
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(join(root, installed)));
    assertEqual(report, server);
  },
  400,
);

test('run counts git clone over HTTP equal to the server', async () => {
  const root = folder();
  const bare = join(root, 'repository.git');
  await repository(join(root, 'work'), bare);
  await outputOf('git', ['-C', bare, 'update-server-info']);
  const server = await countingServer((request, response) => {
    const file = join(root, (request.url ?? '').replace(/\?.*/, ''));
    const found = existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404);
    response.end(found ? readFileSync(file) : undefined);
  });
  const { status, stderr, report } = await reportedWith(
    ['--by=process'],
    ...['git', 'clone', '-q', `${server.url}/repository.git`, join(root, 'clone')],
  );
  assert.equal(status, 0, stderr);
  assert.equal((await execute('cmp', [join(root, 'work/file'), join(root, 'clone/file')])).status, 0);
  assertEqual(report, server);
}, 240);

test('run holds curl to its budget', async () => {
  const server = await countingServer((_, response) => response.end(Buffer.alloc(3_000_000)));
  const over = await reportedWith(['--max-rx=1MB'], 'curl', '-sS', '-o', '/dev/null', server.url);
  assert.deepEqual([over.status, over.report.budgets?.[0]?.outcome], [3, 'broken']);
  assertEqual(over.report, server);
  for (const [options, status] of [
    [['--max-rx=1MB', '--scope=loopback'], 3],
    [['--max-rx=1MB', '--scope=public,private'], 0],
    [['--max-rx=4MB', '--max-tx=1kB'], 0],
  ] as const) {
    const kept = await reportedWith(options, 'curl', '-sS', '-o', '/dev/null', server.url);
    assert.equal(kept.status, status, options.join(' '));
  }
}, 240);

test("run counts a shell's background jobs and pipes equal to the server", async () => {
  const server = await countingServer((request, response) => {
    request.resume().on('end', () => response.end(Buffer.alloc(request.url === '/large' ? 500_000 : 20_000)));
  });
  const curl = 'curl -sS --noproxy "*"';
  const line = `${curl} -o /dev/null ${server.url}/large & ${curl} ${server.url}/ | ${curl} -o /dev/null --data-binary @- ${server.url}/; wait`;
  const { status, report } = await reportedWith(['--by=remote'], 'sh', '-c', line);
  assert.equal(status, 0);
  assertEqual(report, server);
  assert.deepEqual(
    report.byRemote?.map(({ address, flows }) => [address, flows]),
    [['127.0.0.1', 3]],
  );
}, 240);
