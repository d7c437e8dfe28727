// SPDX-License-Identifier: MIT
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import ts from 'typescript';
import { cli } from '../support/cli';
import { listed, npm, pack, PREBUILT, ROOT } from '../support/package';

const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** Not below the checkout: what is in its node_modules must not serve what is installed here. */
let work: string;
let tarball: string;
/** A project that has the package installed. */
let project: string;
const BIN = 'node_modules/lkm-traffic/bin/lkm-traffic.js';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a link to it does: by executing the file itself. */
function command(...args: string[]): Outcome {
  return spawnSync(path.join(project, BIN), args, { encoding: 'utf8' });
}

function script(name: string, text: string): Outcome {
  const file = path.join(project, name);
  fs.writeFileSync(file, text);
  return spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: project });
}

beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-package-'));
  tarball = pack(work);
  project = path.join(work, 'project');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  // Scripts are on, here and below: npm runs node-gyp for a package that has a binding.gyp.
  const { status, output } = npm(work, 'project', 'install', '--ignore-scripts=false', tarball);
  if (status !== 0) throw new Error(output);
}, 240_000);

afterAll(() => {
  fs.rmSync(work, { recursive: true, force: true });
});

describe('the tarball', () => {
  const files = (pattern: RegExp): string[] => listed(tarball).filter((name) => pattern.test(name));

  test('holds what an installed package can use, and nothing else', () => {
    const fixed = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'bin/lkm-traffic.js', 'man/lkm-traffic.1'],
      ...[
        'dist/THIRD-PARTY-LICENSES',
        'dist/cli/main.js',
        'dist/index.js',
        'schema/lkm-traffic-1.schema.json',
        PREBUILT,
      ],
    ];
    const others = /^(?!docs\/[\w-]+\.md$|kmod\/|dist\/.+\.d\.ts$)/;
    expect(files(others)).toEqual(fixed.sort());
    const docs = fs.readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    expect(files(/^docs\//)).toEqual(docs.map((name) => `docs/${name}`).sort());
  });

  test('holds every source of the module, and nothing that a build left', () => {
    const tracked = execFileSync('git', ['ls-files', 'kmod'], { encoding: 'utf8', cwd: ROOT }).trim().split('\n');
    const sources = tracked.filter((name) => /(\.[ch]|\/Makefile|\/Kbuild|\/COPYING)$/.test(name));
    expect(files(/^kmod\//)).toEqual(sources.filter((name) => fs.existsSync(path.join(ROOT, name))).sort());
  });

  test('holds the declarations that index.d.ts reaches, and no other', () => {
    const installed = path.join(project, 'node_modules/lkm-traffic');
    const reached = new Set(['dist/index.d.ts']);
    for (const file of reached) {
      const { importedFiles } = ts.preProcessFile(fs.readFileSync(path.join(installed, file), 'utf8'));
      for (const { fileName } of importedFiles) {
        if (fileName.startsWith('.')) reached.add(`${path.join(path.dirname(file), fileName)}.d.ts`);
      }
    }
    expect(reached.size).toBeGreaterThan(1);
    expect(files(/\.d\.[cm]?ts$/)).toEqual([...reached].sort());
  });

  test('needs no other package, and has the licence of each that is inside', () => {
    const installed = fs.readdirSync(path.join(project, 'node_modules'), { recursive: true, encoding: 'utf8' });
    expect(installed.filter((name) => name.includes('node_modules/'))).toEqual([]);
    expect(installed.filter((name) => /^[^.][^/]*$/.test(name))).toEqual(['lkm-traffic']);

    const dist = path.join(project, 'node_modules/lkm-traffic/dist');
    const bundles = ['index.js', 'cli/main.js']
      .map((name) => fs.readFileSync(path.join(dist, name), 'utf8'))
      .join('\n');
    // esbuild puts the name of each file above what came from it.
    const inside = [...bundles.matchAll(/^ *\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(
      ([, name]) => name ?? '',
    );
    const licenses = fs.readFileSync(path.join(dist, 'THIRD-PARTY-LICENSES'), 'utf8');
    expect(inside).toEqual(expect.arrayContaining(['yargs', 'string-width', 'node-gyp-build']));
    for (const name of inside) expect(licenses).toMatch(new RegExp(`^${name} [\\d.]+ \\((MIT|ISC)\\)$`, 'm'));
  });
});

// Each command reads the lockfile that the installation wrote: from there npm does not know of "gypfile": false.
test.each(['ci', 'rebuild', 'install'])(
  'npm %s works in a project with a lockfile, without compiler or network',
  (name) => {
    const { status, output } = npm(work, 'project', name, '--ignore-scripts=false');
    expect([status, output]).toEqual([0, expect.not.stringContaining('gyp')]);
    expect(script('required.cjs', "console.log(typeof require('lkm-traffic').run);")).toMatchObject({
      ...{ status: 0, stdout: 'function\n', stderr: '' },
    });
    const npx = spawnSync('npx', ['--no-install', 'lkm-traffic', '--version'], { encoding: 'utf8', cwd: project });
    expect(npx).toMatchObject({ status: 0, stdout: `${version}\n` });
  },
  60_000,
);

test('the addon is looked for in the folder of the package', () => {
  const { stdout } = script(
    'addon.cjs',
    `process.dlopen = (module, file) => { console.log(file); throw new Error('not loaded'); };
     require('lkm-traffic').doctor();`,
  );
  expect(stdout).toBe(`${fs.realpathSync(path.join(project, 'node_modules/lkm-traffic', PREBUILT))}\n`);
});

// yargs reads its texts from files beside it, which the bundle does not have.
test.each([
  ['--help'],
  ['--version'],
  ['run', '--help'],
  ['completion', 'bash'],
  ['completion', 'zsh'],
  ['completion', 'fish'],
  ['--get-yargs-completions', 'lkm-traffic', 'co'],
  ['laod'],
  ['load', '--fnam=x'],
  ['load', '--fname'],
  ['completion'],
  ['completion', 'fish', 'bash', 'zsh'],
  ['status', '--format', 'html'],
  ['watch', '--interval', 'x'],
])('the bundled command prints and returns what the sources do: %s %s %s %s', async (...args) => {
  const { status, out, err } = await cli(args);
  expect(command(...args)).toMatchObject({ status, stdout: out, stderr: err });
});

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
     console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !/import\\.cjs$|dist.index\\.js$/.test(file))));`,
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
  expect(command('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(command('load')).toMatchObject({ status: 2, stdout: '' });
  expect(command('build', '--kernel', 'no-such-kernel')).toMatchObject({ status: 1, stdout: '' });
});

test('says how to build it in a checkout that is not built', () => {
  const unbuilt = path.join(work, 'unbuilt/bin/lkm-traffic.js');
  fs.cpSync(path.join(ROOT, 'bin/lkm-traffic.js'), unbuilt);
  const outcome = spawnSync(unbuilt, ['--version'], { encoding: 'utf8' });
  expect(outcome).toMatchObject({ status: 1, stderr: 'lkm-traffic: not built yet: make\n' });
});

test('does not fail and prints nothing if the reader of a pipe goes away', () => {
  const { status, stderr } = spawnSync('sh', ['-c', `${BIN} load --help | true; echo done`], {
    encoding: 'utf8',
    cwd: project,
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
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, BIN, ...args], { cwd: project });
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
  const gone = fs.mkdtempSync(path.join(project, 'gone-'));
  const bin = path.join(project, BIN);
  const { stdout, stderr } = spawnSync('sh', ['-c', `rmdir ${gone}; "$0" ${bin} load --help`, process.execPath], {
    encoding: 'utf8',
    cwd: gone,
  });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining('--fname')]);
});

test.each(['CI', 'FORCE_COLOR'])('prints no colours to a pipe, with %s in the environment', (name) => {
  const { stderr } = spawnSync(process.execPath, [BIN, 'build', '--kernel', 'no-such-kernel'], {
    encoding: 'utf8',
    cwd: project,
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
      cwd: project,
    });

  test('as stdout: prints a message and exits with 1', () => {
    const { status, stderr } = inBash(`"$@" completion fish >${file}`);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^lkm-traffic: Cannot write to stdout\./)]);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('as stderr: exits with the usual status', () => {
    fs.writeFileSync(path.join(project, 'long'), 'x'.repeat(1024));
    expect(inBash(`"$@" load 2>>${file}`)).toMatchObject({ status: 2, stderr: '' });
  });
});
