// SPDX-License-Identifier: MIT
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = path.join(__dirname, '../..');
/** A compiled package outside of dist/, in a folder from which Node finds the dependencies. */
const FOLDER = path.join(ROOT, 'build/unit-package');
/** The package before it is compiled. */
const UNBUILT = path.join(ROOT, 'build/unit-package-unbuilt');
const BIN = 'bin/lkm-traffic.js';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a link to it does: the file itself. */
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

test('exports each name to import, and the same functions to require', () => {
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

test.each(['linux', 'darwin', 'win32'])(
  'loads neither the addon nor the command line when imported on %s',
  (platform) => {
    const { stdout, stderr } = script(
      'import.cjs',
      `Object.defineProperty(process, 'platform', { value: '${platform}' });
     process.dlopen = () => { throw new Error('the addon was loaded'); };
     require('lkm-traffic');
     console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /yargs|node-gyp-build|cli-table3/.test(file))));`,
    );
    expect([stdout, stderr]).toEqual(['[]\n', '']);
  },
);

test('rejects each function with ERR_NOT_LINUX on another system', () => {
  const { stdout } = script(
    'elsewhere.cjs',
    `Object.defineProperty(process, 'platform', { value: 'darwin' });
     const api = require('lkm-traffic');
     const calls = [api.load({ programs: ['x'] }), api.unload(), api.snapshot(), api.monitor({ programs: ['x'] }), api.build()];
     Promise.allSettled(calls).then((results) => console.log(results.map(({ reason }) => reason.code).join()));`,
  );
  expect(stdout).toBe(`${Array.from({ length: 5 }, () => 'ERR_NOT_LINUX').join()}\n`);
});

test('exits with the status of the command', () => {
  expect(command(FOLDER, '--version')).toMatchObject({ status: 0, stderr: '' });
  expect(command(FOLDER, 'load')).toMatchObject({ status: 2, stdout: '' });
  expect(command(FOLDER, 'build', '--kernel', 'no-such-kernel')).toMatchObject({ status: 1, stdout: '' });
});

test('says how to build it in a checkout that is not built', () => {
  expect(command(UNBUILT, '--version')).toMatchObject({ status: 1, stderr: 'lkm-traffic: not built yet: make\n' });
});

test('does not fail and prints nothing if the reader of a pipe goes away', () => {
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

test('does not fail if the reader of a connection goes away', async () => {
  expect(await withReset(1, 'completion', 'fish')).toEqual([0, '', '']);
  expect(await withReset(2, 'load')).toEqual([2, '', '']);
});

test('works in a removed folder', () => {
  const gone = fs.mkdtempSync(path.join(FOLDER, 'gone-'));
  const bin = path.join(FOLDER, BIN);
  const { stdout, stderr } = spawnSync('sh', ['-c', `rmdir ${gone}; "$0" ${bin} load --help`, process.execPath], {
    encoding: 'utf8',
    cwd: gone,
  });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining('--fname')]);
});

test.each(['CI', 'FORCE_COLOR'])('prints no colours to a pipe, with %s in the environment', (name) => {
  const { stderr } = spawnSync(process.execPath, [BIN, 'build', '--kernel', 'no-such-kernel'], {
    encoding: 'utf8',
    cwd: FOLDER,
    env: { ...process.env, [name]: '1' },
  });
  expect(stderr).toMatch(/^lkm-traffic: .* \[ERR_/);
});

test('lists the manual page as an array, which npm requires to link it', () => {
  const { man } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { man: unknown };
  expect(man).toEqual(['./man/lkm-traffic.1']);
});

describe.each([
  ['a full device', '/dev/full', /ENOSPC/],
  ['a file that cannot grow', 'long', /EFBIG/],
])('%s', (_, file, reason) => {
  const inBash = (command: string): Outcome =>
    spawnSync('bash', ['-c', `ulimit -f 1; ${command}`, 'bash', process.execPath, BIN], {
      encoding: 'utf8',
      cwd: FOLDER,
    });

  test('as stdout: prints a message and exits with 1', () => {
    const { status, stderr } = inBash(`"$@" completion fish >${file}`);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^lkm-traffic: stdout cannot be written/)]);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('as stderr: exits with the usual status', () => {
    fs.writeFileSync(path.join(FOLDER, 'long'), 'x'.repeat(1024));
    expect(inBash(`"$@" load 2>>${file}`)).toMatchObject({ status: 2, stderr: '' });
  });
});
