// SPDX-License-Identifier: MIT
/** Services and tools that people run. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelIsAtLeast } from '../lib/environment';
import { load } from '../lib/module';
import { folder } from '../lib/named';
import { bound } from '../lib/net';
import { test } from '../lib/plan';
import { Program, outputOf } from '../lib/program';
import { counts } from '../lib/proc';
import { countingServer } from '../lib/server';
import { assertBytes, assertMirrored, assertStraced, end, traced } from './traced';
import { repository } from './repository';

test('git clones over ssh', async () => {
  const root = folder();
  chmodSync(root, 0o700);
  await repository(join(root, 'work'), join(root, 'repository.git'));
  await outputOf('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'host')]);
  await outputOf('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'user')]);
  await outputOf('cp', [join(root, 'user.pub'), join(root, 'authorized')]);
  mkdirSync('/run/sshd', { recursive: true });
  writeFileSync(
    join(root, 'sshd_config'),
    `Port 2222\nListenAddress 127.0.0.1\nHostKey ${root}/host\nAuthorizedKeysFile ${root}/authorized\nStrictModes no\nPidFile ${root}/pid\nUsePAM no\nPermitRootLogin yes\n`,
  );
  await load({ fname: 'sshd,git' });
  const server = traced('/usr/sbin/sshd', ['-D', '-e', '-f', join(root, 'sshd_config')]);
  await bound('tcp', 2222);
  const ssh = `ssh -p 2222 -i ${root}/user -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR`;
  const cloning = traced('git', ['clone', '-q', `root@127.0.0.1:${root}/repository.git`, join(root, 'clone')], {
    GIT_SSH_COMMAND: ssh,
  });
  await cloning.program.output();
  await end(server);
  assertMirrored(assertStraced('sshd', server), assertStraced('git', cloning));
}, 240);

for (const [what, args] of [
  ['TCP', ['-n', '4M']],
  ['TCP, 8 streams', ['-n', '8M', '-P', '8']],
  ['UDP', ['-u', '-b', '20M', '-n', '1M']],
] as const) {
  test(`iperf3: ${what}`, async () => {
    await load({ fname: 'iperf3' });
    // Both ends are one program here, so both are under one strace.
    const both = traced('sh', [
      '-c',
      `iperf3 -s -1 -p 5201 >/dev/null & until ss -Hltn 'sport = :5201' | grep -q .; do :; done; iperf3 -c 127.0.0.1 -p 5201 ${args.join(' ')} >/dev/null && wait`,
    ]);
    await both.program.output();
    assertStraced('iperf3', both);
  }, 300);
}

test('redis-server and redis-benchmark', async () => {
  await load({ fname: 'redis-server,redis-benchmark' });
  const server = traced('redis-server', ['--port', '6379', '--bind', '127.0.0.1', '--save', '', '--dir', folder()]);
  await bound('tcp', 6379);
  const client = traced('redis-benchmark', ['-h', '127.0.0.1', '-n', '300', '-c', '10', '-t', 'set,get', '-q']);
  await client.program.output();
  await end(server);
  assertMirrored(assertStraced('redis-server', server), assertStraced('redis-benchmark', client));
}, 300);

test('dig asks a local resolver, by UDP and by TCP', async () => {
  await load({ fname: 'dnsmasq,dig' });
  const server = traced('dnsmasq', [
    ...['--keep-in-foreground', '--port=5353', '--listen-address=127.0.0.1', '--bind-interfaces', '--no-resolv'],
    ...['--no-hosts', '--user=root', '--pid-file=', '--conf-file=/dev/null', '--address=/example.test/192.0.2.1'],
  ]);
  await bound('udp', 5353);
  const asking = traced('sh', [
    '-c',
    'for way in +notcp +tcp; do dig -p 5353 @127.0.0.1 $way +short +tries=1 example.test | grep -qx 192.0.2.1 || exit 1; done',
  ]);
  await asking.program.output();
  await end(server);
  assertStraced('dnsmasq', server);
  assertStraced('dig', asking);
}, 240);

test('rsync from a daemon', async () => {
  const root = folder();
  mkdirSync(join(root, 'module'));
  await outputOf('sh', ['-c', `head -c 500000 /dev/urandom > ${root}/module/file`]);
  writeFileSync(
    join(root, 'rsyncd.conf'),
    `port = 8730\naddress = 127.0.0.1\nuse chroot = no\nuid = root\ngid = root\n[files]\npath = ${root}/module\n`,
  );
  await load({ fname: 'rsync' });
  const both = traced('sh', [
    '-c',
    `rsync --daemon --no-detach --config=${root}/rsyncd.conf & until ss -Hltn 'sport = :8730' | grep -q .; do :; done
     rsync -a rsync://127.0.0.1:8730/files/ ${root}/copy && cmp ${root}/module/file ${root}/copy/file; status=$?; kill $!; wait; exit $status`,
  ]);
  await both.program.output();
  assertStraced('rsync', both);
}, 240);

if (kernelIsAtLeast(6, 12)) {
  test('PostgreSQL and psql', async () => {
    const root = folder();
    chmodSync(root, 0o777);
    const bin = (await outputOf('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin'])).trim();
    const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];
    await outputOf('setpriv', [...asPostgres, `${bin}/initdb`, '-D', `${root}/data`, '-A', 'trust', '--no-sync']);
    await load({ fname: 'postgres,psql' });
    const server = traced('setpriv', [
      ...[...asPostgres, `${bin}/postgres`, '-D', `${root}/data`, '-p', '5433', '-h', '127.0.0.1'],
      ...['-k', '', '-c', 'fsync=off', '-c', 'jit=off'],
    ]);
    await bound('tcp', 5433);
    const query = "select repeat('x', 1000), g from generate_series(1, 300) g; select count(*) from pg_class";
    const asking = traced(`${bin}/psql`, ['-h', '127.0.0.1', '-p', '5433', '-U', 'postgres', '-At', '-c', query]);
    await asking.program.output();
    await end(server, 'SIGINT');
    assertMirrored(assertStraced('postgres', server), assertStraced('psql', asking));
  }, 300);

  test('chromium loads a page: all its processes together moved what the server says', async () => {
    const page = `<title>loaded</title><p>${'x'.repeat(200_000)}</p><img src="/image"><script src="/script"></script>`;
    const server = await countingServer((request, response) => {
      response.end(request.url === '/' ? page : 'y'.repeat(50_000));
    });
    await load({ fname: 'chromium', history: 4096 });
    const browser = new Program('/usr/bin/chromium', [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--dump-dom'],
      ...[`--user-data-dir=${folder()}`, '--virtual-time-budget=1000', `${server.url}/`],
    ]);
    await browser.output();
    const { received, sent } = server.moved();
    // Of UDP it may ask for names that nobody answers: that is not the server's to tell.
    const expected = counts({ tcp_rx_bytes: sent, tcp_tx_bytes: received });
    assertBytes('chromium', expected, "the server's sockets");
  }, 600);
}
