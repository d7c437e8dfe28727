// SPDX-License-Identifier: MIT
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The compiled package, apart from dist/, in a folder whence its dependencies are found. */
const FOLDER = path.join(__dirname, '../../build/unit-package');
const BIN = path.join(FOLDER, 'dist/cli/bin.js');

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(script: string, ...args: string[]): Outcome {
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', cwd: FOLDER });
}

function script(name: string, text: string): Outcome {
  const file = path.join(FOLDER, name);
  fs.writeFileSync(file, text);
  return node(file);
}

beforeAll(() => {
  fs.mkdirSync(FOLDER, { recursive: true });
  fs.copyFileSync(path.join(__dirname, '../../package.json'), path.join(FOLDER, 'package.json'));
  const tsc = require.resolve('typescript/bin/tsc');
  const project = path.join(__dirname, '../../tsconfig.build.json');
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
     console.log(JSON.stringify(Object.keys(required).sort()), [${NAMES.join(', ')}].every((x, i) => x === required[${JSON.stringify(NAMES)}[i]]));`,
  );
  expect(stderr).toBe('');
  expect(stdout).toBe(`${JSON.stringify(NAMES)} true\n`);
});

test.each(['linux', 'darwin', 'win32'])('importing on %s loads neither the addon nor the command line', (platform) => {
  const { stdout, stderr } = script(
    'import.cjs',
    `Object.defineProperty(process, 'platform', { value: '${platform}' });
     process.dlopen = () => { throw new Error('the addon was loaded'); };
     require('lkm-traffic');
     console.log(Object.keys(require.cache).filter((file) => /yargs|node-gyp-build|cli-table3/.test(file)).length);`,
  );
  expect([stdout, stderr]).toEqual(['0\n', '']);
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
  expect(node(BIN, '--version')).toMatchObject({ status: 0, stderr: '' });
  expect(node(BIN, 'load')).toMatchObject({ status: 2, stdout: '' });
  expect(node(BIN, 'build', '--kernel', 'no-such-kernel')).toMatchObject({ status: 1, stdout: '' });
});

test('a reader that goes away is no failure, and nothing is said', () => {
  const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" load --help | true; echo done`], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
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
