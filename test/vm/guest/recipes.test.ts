// SPDX-License-Identifier: MIT
/** docs/recipes.md, as it stands there: what each recipe says was moved is what the other end says. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from './lib/cleanup';
import { isLoaded } from './lib/module';
import { bound, neighbour } from './lib/net';
import { lkmTraffic, load, outputOfLkmTraffic } from './lib/package';
import { execute, outputOf } from './lib/program';
import { assertMirrored, fetched, metricNames, recipe, succeeded, sum, totalIn, type Moved } from './lib/recipe';
import { installed, registry } from './lib/registry';
import { countingServer } from './lib/server';
import { until } from './lib/wait';

/** What `show` has of all that is watched. */
async function shown(): Promise<Moved & { exact: boolean }> {
  const { total, exact } = JSON.parse(await outputOfLkmTraffic('show', '--json')) as {
    total: { total: { receivedBytes: number; sentBytes: number } };
    exact: boolean;
  };
  return { received: BigInt(total.total.receivedBytes), sent: BigInt(total.total.sentBytes), exact };
}

recipe(
  'ci-budget',
  'npm ci stays within it, and the summary of the job says what the registry counted',
  async ({ cwd, start, assertShown }) => {
    const { address, inside } = await neighbour();
    const { server, env, project } = await registry(address);
    project(cwd);
    rmSync(join(cwd, 'node_modules'));
    const summary = join(cwd, 'summary.md');
    const { stderr } = await succeeded(start({ ...env, GITHUB_STEP_SUMMARY: summary }, inside));
    assert.ok(existsSync(join(cwd, installed)));
    const counted = totalIn(stderr);
    assertMirrored(counted, server.moved(), 'the registry');
    assert.match(stderr, new RegExp(`^Within budget: received ${counted.received} bytes .*\\(private, public\\)`, 'm'));
    assert.match(readFileSync(summary, 'utf8'), new RegExp(`^\\*\\*received ${counted.received} bytes`, 'm'));
    assertShown(stderr);
    assert.equal(isLoaded(), false);
  },
  500,
);

recipe(
  'ci-over-budget',
  'npm ci that got more than it was allowed ends with 3',
  async ({ cwd, start, assertShown }) => {
    const { address, inside } = await neighbour();
    const { server, env, project } = await registry(address);
    project(cwd);
    rmSync(join(cwd, 'node_modules'));
    const { stdout, stderr } = await succeeded(start(env, inside));
    assert.match(stdout, /^exit status 3$/m);
    const counted = totalIn(stderr);
    assertMirrored(counted, server.moved(), 'the registry');
    assert.match(stderr, new RegExp(`^Over budget: received ${counted.received} bytes`, 'm'));
    assertShown(`${stderr}${stdout}`);
  },
  500,
);

/** A server that ends by SIGTERM, as servers do; a request for /end makes it send itself that signal. */
const serverJs = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url !== '/end') response.end('x'.repeat(100000));
    else response.end('bye', () => process.kill(process.pid, 'SIGTERM'));
  });
  process.on('SIGTERM', () => {
    server.close();
    server.closeIdleConnections();
  });
  server.listen(3000, '127.0.0.1');
`;
const app = 'http://127.0.0.1:3000';

recipe('node-outside', 'the report has what its clients moved', async ({ cwd, start, assertShown }) => {
  writeFileSync(join(cwd, 'server.js'), serverJs);
  const going = start();
  await bound('tcp', 3000);
  const clients = sum([await fetched(app), await fetched(app), await fetched(`${app}/end`)]);
  const { stdout } = await succeeded(going);
  const [, received = '', sent = ''] = /^exactly (\d+) bytes received, (\d+) sent$/m.exec(stdout) ?? [];
  assertMirrored({ received: BigInt(received), sent: BigInt(sent) }, clients, 'the clients');
  assertShown(stdout);
});

recipe('node-inside', 'it prints rates, and in all what its clients moved', async ({ cwd, start, assertShown }) => {
  writeFileSync(join(cwd, 'server.js'), serverJs);
  const going = start();
  await bound('tcp', 3000);
  const clients = [await fetched(app), await fetched(app)];
  await going.line(/^[1-9]\d* bytes\/s sent$/);
  clients.push(await fetched(`${app}/end`));
  const { stdout } = await succeeded(going);
  const [, received = '', sent = ''] = /^in all (\d+) bytes received, (\d+) sent$/m.exec(stdout) ?? [];
  assertMirrored({ received: BigInt(received), sent: BigInt(sent) }, sum(clients), 'the clients');
  assertShown(stdout);
  assert.equal(isLoaded(), false);
});

/** nginx as Debian configures it, which says besides how long requests and answers were. */
function nginx(): { requests: (count: number) => Promise<Moved> } {
  const configuration = '/etc/nginx/conf.d/lengths.conf';
  const log = '/var/log/nginx/lengths.log';
  mkdirSync('/var/log/nginx', { recursive: true });
  writeFileSync(configuration, `log_format lengths '$request_length $bytes_sent'; access_log ${log} lengths;\n`);
  atEnd(async () => {
    if (existsSync('/run/nginx.pid')) {
      process.kill(Number(readFileSync('/run/nginx.pid', 'latin1')), 'SIGTERM');
      await until('nginx has ended', () => !existsSync('/run/nginx.pid'));
    }
    rmSync(configuration);
    rmSync(log, { force: true });
  });
  return {
    requests: async (count) => {
      const lines = await until(`${count} requests in nginx's log`, () => {
        const found = readFileSync(log, 'latin1').match(/^\d+ \d+\n/gm) ?? [];
        return found.length >= count && found;
      });
      assert.equal(lines.length, count);
      return sum(
        lines.map((line) => {
          const [received = '', sent = ''] = line.trim().split(' ');
          return { received: BigInt(received), sent: BigInt(sent) };
        }),
      );
    },
  };
}

recipe('daemon', 'nginx from its start is what its own log adds up to', async ({ start, assertShown }) => {
  const { requests } = nginx();
  const { stdout } = await succeeded(start());
  assert.deepEqual(totalIn(stdout), await requests(1));
  assertShown(stdout);
  assert.equal(isLoaded(), false);
});

recipe('daemon-running', 'nginx from now on, as a lower bound', async ({ start, assertShown }) => {
  const { requests } = nginx();
  await outputOf('nginx');
  await fetched('http://127.0.0.1/');
  const before = await requests(1);
  const { stdout } = await succeeded(start());
  const both = await requests(2);
  assert.deepEqual(totalIn(stdout), { received: both.received - before.received, sent: both.sent - before.sent });
  assert.match(stdout, /^Total {2}received at least /m);
  assertShown(stdout);
  await outputOfLkmTraffic('unload');
  // The process of the PID file alone.
  await load('--pid', readFileSync('/run/nginx.pid', 'latin1').trim());
  await fetched('http://127.0.0.1/');
  await requests(3);
  assert.deepEqual(await shown(), { received: 0n, sent: 0n, exact: false });
});

recipe(
  'prometheus',
  'the file has what the server counted, and the metrics of the page',
  async ({ start, assertShown }) => {
    const server = await countingServer((_, response) => response.end('x'.repeat(100_000)));
    const directory = '/var/lib/prometheus/node-exporter';
    mkdirSync(directory, { recursive: true });
    await load('--fname=curl');
    await outputOf('curl', ['-sS', '-o', '/dev/null', server.url]);
    await succeeded(start());
    const text = readFileSync(join(directory, 'lkm-traffic.prom'), 'utf8');
    assert.equal(existsSync(join(directory, 'lkm-traffic.prom.new')), false);
    const value = (direction: string): bigint => {
      const labels = `program="curl",kind="name",owner="0",transport="tcp",direction="${direction}"`;
      const line = text.split('\n').find((candidate) => candidate.startsWith(`lkm_traffic_bytes_total{${labels}} `));
      return BigInt(line?.split(' ').at(-1) ?? '-1');
    };
    assertMirrored({ received: value('received'), sent: value('sent') }, server.moved(), 'the server');
    const named = metricNames();
    assert.ok(named.length > 2);
    for (const name of named) assert.match(text, new RegExp(`^${name}\\{`, 'm'));
    assertShown(text);
    await outputOfLkmTraffic('unload');
    const failed = await start().result();
    assert.notEqual(failed.status, 0);
    assert.equal(readFileSync(join(directory, 'lkm-traffic.prom'), 'utf8'), text);
  },
);

interface Bundle {
  process: { terminal: boolean; args: string[] };
  linux: { namespaces: { type: string }[] };
}

/** A bundle of busybox in the folder `web`, which runs that command: busybox calls itself `exe` where no path is given. */
async function bundle(cwd: string, network: 'own' | 'host', command: string): Promise<void> {
  const web = join(cwd, 'web');
  if (!existsSync(web)) {
    mkdirSync(join(web, 'rootfs/bin'), { recursive: true });
    mkdirSync(join(web, 'rootfs/www'));
    writeFileSync(join(web, 'rootfs/www/file'), 'x'.repeat(100_000));
    copyFileSync('/bin/busybox', join(web, 'rootfs/bin/busybox'));
    for (const name of ['sh', 'httpd', 'wget']) symlinkSync('busybox', join(web, 'rootfs/bin', name));
    await outputOf('runc', ['spec', '--bundle', web]);
    atEnd(async () => {
      await execute('runc', ['delete', '--force', 'web']);
    });
  }
  const file = join(web, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
  config.process.terminal = false;
  config.process.args = ['sh', '-c', command];
  const others = config.linux.namespaces.filter(({ type }) => type !== 'network');
  config.linux.namespaces = network === 'own' ? [...others, { type: 'network' }] : others;
  writeFileSync(file, JSON.stringify(config));
}

recipe(
  'container',
  'it moved what the server says, and in a network of its own both ends',
  async ({ cwd, start, assertShown }) => {
    const server = await countingServer((_, response) => response.end('x'.repeat(100_000)));
    await bundle(cwd, 'host', `/bin/wget -q -O /dev/null ${server.url}/; /bin/wget -q -O /dev/null ${server.url}/`);
    const { stderr } = await succeeded(start());
    assertMirrored(totalIn(stderr), server.moved(), 'the server');
    assertShown(stderr);
    const port = '127.0.0.1:8080';
    await bundle(cwd, 'own', `/bin/httpd -p ${port} -h /www && /bin/wget -q -O /dev/null http://${port}/file`);
    await load('--fname=wget');
    const own = totalIn((await succeeded(start())).stderr);
    assert.equal(own.received, own.sent);
    assert.ok(own.sent > 100_000n);
    // By its name: the one end of the two.
    const wget = await shown();
    assert.deepEqual([wget.received + wget.sent, wget.exact], [own.received, true]);
    assert.ok(wget.received > 100_000n);
  },
);

recipe(
  'container-running',
  'what it serves from now on is what its client got',
  async ({ cwd, start, assertShown }) => {
    const server = await countingServer((_, response) => response.end('x'.repeat(1000)));
    await bundle(cwd, 'host', 'exec /bin/httpd -f -p 127.0.0.1:8080 -h /www');
    await outputOf('sh', ['-c', 'runc run --detach --bundle web web </dev/null >log 2>&1'], { cwd });
    await bound('tcp', 8080);
    await fetched('http://127.0.0.1:8080/file');
    const { stdout } = await succeeded(start());
    assertShown(stdout);
    const client = await fetched('http://127.0.0.1:8080/file');
    await outputOf('runc', ['exec', 'web', 'wget', '-q', '-O', '/dev/null', server.url]);
    assert.ok(server.moved().sent > 1000n);
    const { exact, ...counted } = await shown();
    assertMirrored(counted, client, 'its client');
    assert.equal(exact, false);
    assert.match((await lkmTraffic('show')).stdout, /httpd/);
  },
);
