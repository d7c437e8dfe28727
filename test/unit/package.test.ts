// SPDX-License-Identifier: MIT
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = path.join(__dirname, '../..');
/** The compiled package, apart from dist/, in a folder whence its dependencies are found. */
const FOLDER = path.join(ROOT, 'build/unit-package');
/** The same before it is compiled. */
const UNBUILT = path.join(ROOT, 'build/unit-package-unbuilt');
const BIN = 'bin/lkm-traffic.js';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a link to it runs it: the file itself. */
function command(folder: string, ...args: string[]): Outcome {
  return spawnSync(path.join(folder, BIN), args, { encoding: 'utf8' });
}

function script(name: string, text: string): Outcome {
  const file = path.join(FOLDER, name);
  fs.writeFileSync(file, text);
  return spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: FOLDER });
}

beforeAll(() => {
  for (const folder of [FOLDER, UNBUILT]) {
    for (const file of ['package.json', BIN]) fs.cpSync(path.join(ROOT, file), path.join(folder, file));
  }
  const tsc = require.resolve('typescript/bin/tsc');
  const project = path.join(ROOT, 'tsconfig.build.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', path.join(FOLDER, 'dist')]);
}, 120_000);

const NAMES = [
  'TrafficError',
  'build',
  'doctor',
  'events',
  'load',
  'measure',
  'monitor',
  'run',
  'snapshot',
  'status',
  'sumByRemote',
  'sumByScope',
  'toJson',
  'unload',
];

test('an .mjs imports every name, and a .cjs requires the same functions', () => {
  const { stdout, stderr } = script(
    'both.mjs',
    `import { createRequire } from 'node:module';
     import { ${NAMES.join(', ')} } from 'lkm-traffic';
     const required = createRequire(import.meta.url)('lkm-traffic');
     const same = [${NAMES.join(', ')}].every((x, i) => x === required[${JSON.stringify(NAMES)}[i]]);
     console.log(JSON.stringify([Object.keys(required).sort(), same]));`,
  );
  expect(stderr).toBe('');
  expect(stdout).toBe(`${JSON.stringify([NAMES, true])}\n`);
});

test.each(['linux', 'darwin', 'win32'])('importing on %s loads neither the addon nor the command line', (platform) => {
  const { stdout, stderr } = script(
    'import.cjs',
    `Object.defineProperty(process, 'platform', { value: '${platform}' });
     process.dlopen = () => { throw new Error('the addon was loaded'); };
     require('lkm-traffic');
     console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /yargs|node-gyp-build|string-width/.test(file))));`,
  );
  expect([stdout, stderr]).toEqual(['[]\n', '']);
});

test('elsewhere than on Linux each function says so', () => {
  const { stdout } = script(
    'elsewhere.cjs',
    `Object.defineProperty(process, 'platform', { value: 'darwin' });
     const api = require('lkm-traffic');
     const calls = [api.load({ programs: ['x'] }), api.unload(), api.snapshot(), api.monitor({ programs: ['x'] }), api.build()];
     Promise.allSettled(calls).then((results) => console.log(results.map(({ reason }) => reason.code).join()));`,
  );
  expect(stdout).toBe(`${Array.from({ length: 5 }, () => 'ERR_NOT_LINUX').join()}\n`);
});

test('the program has its exit status from the command', () => {
  expect(command(FOLDER, '--version')).toMatchObject({ status: 0, stderr: '' });
  expect(command(FOLDER, 'load')).toMatchObject({ status: 2, stdout: '' });
  expect(command(FOLDER, 'build', '--kernel', 'no-such-kernel')).toMatchObject({ status: 1, stdout: '' });
});

test('in a checkout that is not built the program says what builds it', () => {
  expect(command(UNBUILT, '--version')).toMatchObject({ status: 1, stderr: 'lkm-traffic: not built yet: make\n' });
});

test('a reader that goes away is no failure, and nothing is said', () => {
  const { status, stderr } = spawnSync('sh', ['-c', `${BIN} load --help | true; echo done`], {
    encoding: 'utf8',
    cwd: FOLDER,
  });
  expect([status, stderr]).toEqual([0, '']);
});

/** The command with a TCP connection, which its other end has reset, as one of its descriptors. */
async function withReset(descriptor: 1 | 2, ...args: string[]): Promise<unknown[]> {
  const server = net.createServer((socket) => {
    socket.resetAndDestroy();
    child.stdin.end('go\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as net.AddressInfo;
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; read; exec "$@" ${descriptor}>&3`;
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, BIN, ...args], { cwd: FOLDER });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await once(child, 'close')) as [number];
  server.close();
  return [status, ...(await output)];
}

test('a reader at the other end of a connection that goes away is none either', async () => {
  expect(await withReset(1, 'completion', 'fish')).toEqual([0, '', '']);
  expect(await withReset(2, 'load')).toEqual([2, '', '']);
});

test('in a folder that is gone the command works', () => {
  const gone = fs.mkdtempSync(path.join(FOLDER, 'gone-'));
  const bin = path.join(FOLDER, BIN);
  const { stdout, stderr } = spawnSync('sh', ['-c', `rmdir ${gone}; "$0" ${bin} load --help`, process.execPath], {
    encoding: 'utf8',
    cwd: gone,
  });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining('--fname')]);
});

test.each(['CI', 'FORCE_COLOR'])('no colours where nobody looks, with %s in the environment', (name) => {
  const { stderr } = spawnSync(process.execPath, [BIN, 'build', '--kernel', 'no-such-kernel'], {
    encoding: 'utf8',
    cwd: FOLDER,
    env: { ...process.env, [name]: '1' },
  });
  expect(stderr).toMatch(/^lkm-traffic: .* \[ERR_/);
});

test('the manual is a list of pages: npm links no other', () => {
  const { man } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { man: unknown };
  expect(man).toEqual(['./man/lkm-traffic.1']);
});

describe.each([
  ['a device that is full', '/dev/full', /ENOSPC/],
  ['a file that may not become longer', 'long', /EFBIG/],
])('%s', (_, file, reason) => {
  const inBash = (command: string): Outcome =>
    spawnSync('bash', ['-c', `ulimit -f 1; ${command}`, 'bash', process.execPath, BIN], {
      encoding: 'utf8',
      cwd: FOLDER,
    });

  test('as stdout: a message, and status 1', () => {
    const { status, stderr } = inBash(`"$@" completion fish >${file}`);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^lkm-traffic: stdout cannot be written/)]);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('as stderr: the status is what it would be', () => {
    fs.writeFileSync(path.join(FOLDER, 'long'), 'x'.repeat(1024));
    expect(inBash(`"$@" load 2>>${file}`)).toMatchObject({ status: 2, stderr: '' });
  });
});
