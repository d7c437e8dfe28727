// SPDX-License-Identifier: MIT
/** Web servers and clients that people run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../lib/module';
import { folder } from '../lib/named';
import { bound } from '../lib/net';
import { test } from '../lib/plan';
import { outputOf } from '../lib/program';
import { repository } from './repository';
import { assertMirrored, assertStraced, end, traced } from './traced';

/** A folder with a file of that size in it. */
function site(size: number): string {
  const root = folder();
  writeFileSync(join(root, 'file'), Buffer.alloc(size, 'n'));
  return root;
}

function nginxConfiguration(root: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${root}/${name};`,
  );
  const file = join(root, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; user root; worker_processes 2; pid ${root}/pid; error_log ${root}/errors;
     events {}
     http { access_log off; sendfile on; ${temporary.join(' ')} server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  return file;
}

for (const [client, args] of [
  ['curl', ['-sS', '-o', '/dev/null']],
  ['wget', ['-q', '-O', '/dev/null']],
] as const) {
  test(`nginx with sendfile serves ${client}`, async () => {
    const root = site(3_000_000);
    await load({ fname: `nginx,${client}` });
    const server = traced('nginx', ['-c', nginxConfiguration(root, 8080)]);
    await bound('tcp', 8080);
    const fetching = traced(client, [...args, 'http://127.0.0.1:8080/file']);
    await fetching.program.output();
    await end(server);
    assertMirrored(assertStraced('nginx', server), assertStraced(client, fetching));
  }, 180);
}

test('python3 -m http.server serves curl', async () => {
  const root = site(700_000);
  await load({ fname: 'python3*,curl' });
  const server = traced('/usr/bin/python3', ['-m', 'http.server', '8000', '--bind', '127.0.0.1', '--directory', root]);
  await bound('tcp', 8000);
  const fetching = traced('curl', ['-sS', '-o', '/dev/null', 'http://127.0.0.1:8000/file']);
  await fetching.program.output();
  await end(server);
  assertMirrored(assertStraced('python3*', server), assertStraced('curl', fetching));
}, 180);

test('haproxy with splice stands between curl and nginx', async () => {
  const root = site(2_000_000);
  const configuration = join(root, 'haproxy.cfg');
  writeFileSync(
    configuration,
    `defaults
       mode http
       timeout connect 20s
       timeout client 60s
       timeout server 60s
       option splice-auto
       option splice-request
       option splice-response
     frontend web
       bind 127.0.0.1:8081
       default_backend nginx
     backend nginx
       server one 127.0.0.1:8080\n`,
  );
  await load({ fname: 'haproxy,nginx,curl' });
  const server = traced('nginx', ['-c', nginxConfiguration(root, 8080)]);
  await bound('tcp', 8080);
  const proxy = traced('haproxy', ['-db', '-f', configuration]);
  await bound('tcp', 8081);
  const fetching = traced('curl', ['-sS', '-o', '/dev/null', 'http://127.0.0.1:8081/file']);
  await fetching.program.output();
  await end(proxy);
  await end(server);
  assertStraced('haproxy', proxy);
  assertStraced('nginx', server);
  assertStraced('curl', fetching);
}, 240);

const kinds = {
  http: `require('node:http').createServer((_, response) => response.end('x'.repeat(300000))).listen(8443, '127.0.0.1')`,
  https: `require('node:https').createServer(pem, (_, response) => response.end('x'.repeat(300000))).listen(8443, '127.0.0.1')`,
  http2: `require('node:http2').createSecureServer(pem).on('stream', (s) => { s.respond({ ':status': 200 }); s.end('x'.repeat(300000)); }).listen(8443, '127.0.0.1')`,
  'http in a worker thread': `new (require('node:worker_threads').Worker)(
    "require('node:http').createServer((_, response) => response.end('x'.repeat(300000))).listen(8443, '127.0.0.1')", { eval: true })`,
};

for (const [kind, code] of Object.entries(kinds)) {
  test(`a Node server speaks ${kind} with curl`, async () => {
    const root = folder();
    const secure = kind === 'https' || kind === 'http2';
    if (secure) {
      const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key -out cert'.split(' ');
      await outputOf('openssl', request, { cwd: root });
    }
    const pem = `const fs = require('node:fs'); const pem = { key: fs.readFileSync('${root}/key'), cert: fs.readFileSync('${root}/cert') };`;
    await load({ fname: 'node,curl' });
    const server = traced(process.execPath, ['-e', `${secure ? pem : ''}${code}`]);
    await bound('tcp', 8443);
    const url = `${secure ? 'https' : 'http'}://127.0.0.1:8443/`;
    const fetching = traced('curl', ['-sSk', kind === 'http2' ? '--http2' : '--http1.1', '-o', '/dev/null', url]);
    await fetching.program.output();
    await end(server);
    const [sender, receiver] = [assertStraced('node', server), assertStraced('curl', fetching)];
    // The last record of TLS says that it is over: curl does not wait for it.
    if (!secure) assertMirrored(sender, receiver);
  }, 240);
}

test('git clones over http', async () => {
  const root = folder();
  const bin = join(root, 'cgi-bin');
  mkdirSync(bin);
  const path = (await outputOf('git', ['--exec-path'])).trim();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nexec ${path}/git-http-backend\n`, { mode: 0o755 });
  await repository(join(root, 'work'), join(root, 'repository.git'));
  await load({ fname: 'git,python3*' });
  const server = traced(
    '/usr/bin/python3',
    ['-m', 'http.server', '8000', '--cgi', '--bind', '127.0.0.1', '--directory', root],
    {
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'nobody',
    },
  );
  await bound('tcp', 8000);
  const url = 'http://127.0.0.1:8000/cgi-bin/git/repository.git';
  const cloning = traced('git', ['-c', 'protocol.version=0', 'clone', '-q', url, join(root, 'clone')]);
  await cloning.program.output();
  await end(server);
  assertMirrored(assertStraced('python3*', server), assertStraced('git', cloning));
}, 240);
