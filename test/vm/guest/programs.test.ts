// SPDX-License-Identifier: MIT
/** Programs that people run, each against something that counted the same bytes without the module. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { atEnd } from './lib/cleanup';
import { load } from './lib/module';
import { folder, script } from './lib/named';
import { bound } from './lib/net';
import { slowTest, test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { counters, counts, countsOf, record } from './lib/proc';
import { straceOptions, straced } from './lib/strace';

const httpServer = `
  const { createServer } = require('node:http');
  createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk) => (size += chunk.length));
    request.on('end', () => response.end('x'.repeat(100000 + size)));
  }).listen(8080, '127.0.0.1', function () {
    console.log('listening');
    process.stdin.on('data', () => this.close(() => process.exit())).resume();
  });`;
const httpClient = `
  (async () => {
    for (const size of [0, 1, 70000]) {
      const response = await fetch('http://127.0.0.1:8080/', { method: 'POST', body: 'y'.repeat(size), headers: { connection: 'close' } });
      console.log((await response.text()).length);
    }
  })();`;

slowTest('counts a Node HTTP server and its client like strace does', async () => {
  await load({ fname: 'node' });
  const logs = folder();
  const traced = (name: string, code: string): Program =>
    new Program('strace', [...straceOptions, '-o', join(logs, name), process.execPath, '-e', code]);
  const server = traced('server', httpServer);
  await server.line(/^listening$/);
  const client = traced('client', httpClient);
  assert.equal(await client.output(), '100000\n100001\n170000\n');
  server.write('\n');
  await server.output();

  const [serverRow, clientRow, ...more] = counters().filter((row) => row['since'] === 'exec');
  assert.deepEqual(more, []);
  assert.deepEqual(countsOf(serverRow ?? {}), straced(join(logs, 'server')));
  assert.deepEqual(countsOf(clientRow ?? {}), straced(join(logs, 'client')));
  assert.equal(serverRow?.['tcp_tx_bytes'], clientRow?.['tcp_rx_bytes']);
  assert.equal(serverRow?.['tcp_rx_bytes'], clientRow?.['tcp_tx_bytes']);
  assert.ok(Number(serverRow?.['tcp_tx_bytes']) > 370000);
});

test('counts 5 MB that nginx sends by sendfile for the worker that sent them, and equal to what curl received', async () => {
  const root = folder();
  writeFileSync(join(root, 'file'), Buffer.alloc(5_000_000, 'n'));
  const configuration = join(root, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${root}/${name};`,
  );
  writeFileSync(
    configuration,
    `daemon off; user root; worker_processes 2; pid ${root}/pid; error_log ${root}/errors;
     events {}
     http { access_log off; sendfile on; ${temporary.join(' ')} server { listen 127.0.0.1:8080; root ${root}; } }`,
  );
  await load({ fname: 'nginx,curl' });
  const nginx = new Program('nginx', ['-c', configuration]);
  await bound('tcp', 8080);
  const curl = new Program('curl', [
    '-sS',
    '-o',
    '/dev/null',
    '-w',
    '%{size_header} %{size_download} %{size_request}',
    'http://127.0.0.1:8080/file',
  ]);
  const [header = 0, body = 0, request = 0] = (await curl.output()).split(' ').map(Number);
  assert.equal(body, 5_000_000);
  nginx.kill('SIGTERM');
  await nginx.output();

  const client = record(curl.pid);
  assert.deepEqual(
    [client['tcp_rx_bytes'], client['tcp_tx_bytes'], client['udp_tx_bytes']],
    [String(header + body), String(request), '0'],
  );
  const master = record(nginx.pid);
  assert.deepEqual(countsOf(master), counts({}));
  const workers = counters().filter((row) => row['parent_id'] === master['id']);
  assert.equal(workers.length, 2);
  assert.deepEqual(
    workers.map((row) => [row['since'], row['program'], row['exact']]),
    [
      ['fork', 'nginx', '1'],
      ['fork', 'nginx', '1'],
    ],
  );
  const moved = workers
    .map((row) => [Number(row['tcp_tx_bytes']), Number(row['tcp_rx_bytes'])])
    .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  assert.deepEqual(moved, [
    [0, 0],
    [header + body, request],
  ]);
});

test('counts a Python program equal to its peer, both ways', async () => {
  let received = 0;
  const peer = createServer((socket) => {
    socket.on('data', (chunk) => (received += chunk.length));
    socket.on('end', () => socket.end(Buffer.alloc(54321)));
  }).listen(0, '127.0.0.1');
  atEnd(() => {
    peer.close();
  });
  await once(peer, 'listening');
  const path = script(
    'talk.py',
    `#!/usr/bin/python3 -S
import socket, sys
s = socket.create_connection(("127.0.0.1", ${(peer.address() as AddressInfo).port}))
s.sendall(b"p" * 123456)
s.shutdown(socket.SHUT_WR)
size = 0
while part := s.recv(4096):
    size += len(part)
print(size)
`,
  );
  await load({ fname: 'talk.py' });
  const talk = new Program(path);
  assert.equal(await talk.output(), '54321\n');
  const row = record(talk.pid);
  assert.deepEqual([received, row['tcp_tx_bytes'], row['tcp_rx_bytes']], [123456, '123456', '54321']);
  assert.equal(row['exe']?.startsWith('/usr/bin/python3'), true);
});

interface IperfReport {
  end: { sum: { bytes: number; lost_packets: number; packets: number } };
}

test('counts iperf3 over UDP as it reports, and its greeting of 4 bytes each way', async () => {
  await load({ fname: 'iperf3' });
  const server = new Program('iperf3', ['-s', '-1', '-B', '127.0.0.1']);
  await bound('tcp', 5201);
  const client = new Program('iperf3', ['-c', '127.0.0.1', '-u', '-b', '20M', '-n', '1M', '-l', '1000', '-J']);
  const { sum } = (JSON.parse(await client.output()) as IperfReport).end;
  await server.output();
  const [sender, receiver] = [record(client.pid), record(server.pid)];
  assert.equal(sum.bytes, sum.packets * 1000);
  assert.deepEqual(
    [sender['udp_tx_bytes'], sender['udp_tx_msgs'], sender['udp_rx_bytes'], sender['udp_rx_msgs']],
    [String(sum.bytes + 4), String(sum.packets + 1), '4', '1'],
  );
  // Its control connection has two ends, and both are counted.
  assert.deepEqual(
    [sender['tcp_tx_bytes'], sender['tcp_rx_bytes']],
    [receiver['tcp_rx_bytes'], receiver['tcp_tx_bytes']],
  );
  assert.equal(receiver['udp_tx_bytes'], '4');
  assert.equal(Number(receiver['udp_rx_bytes']) <= sum.bytes + 4, true);
});

test('shows each program of a shell pipeline as a process below the shell', async () => {
  const path = script('pipeline.sh', '#!/bin/sh\nhead -c 1000 /dev/zero | tr "\\\\0" a | wc -c\n');
  mkdirSync(folder(), { recursive: true });
  await load({ fname: 'pipeline.sh' });
  assert.equal((await outputOf(path)).trim(), '1000');
  const rows = counters();
  assert.deepEqual(rows.map((row) => row['comm']).sort(), ['head', 'pipeline.sh', 'tr', 'wc']);
  for (const row of rows) assert.deepEqual([countsOf(row), row['program']], [counts({}), 'pipeline.sh']);
});
