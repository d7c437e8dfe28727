// SPDX-License-Identifier: MIT
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

let work: string;
let project: string;
let tarball: string;

/** Runs npm without a network, with an empty cache, and without the configuration of whoever runs the tests. */
function npm(folder: string, ...args: string[]): { status: number | null; output: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const options = ['--offline', '--cache', path.join(work, 'cache'), '--userconfig', path.join(work, 'npmrc')];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...options, '--no-audit', '--no-fund'], {
    encoding: 'utf8',
    cwd: folder,
    env,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Copies what `npm pack` reads to a folder, with a newly compiled dist/, and packs it there. */
function pack(folder: string): string {
  // The compiled addon is left out: importing the package and printing its version do not load it.
  for (const name of ['package.json', 'bin', 'schema', 'docs', 'kmod', 'addon', 'binding.gyp', 'CMakeLists.txt']) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const dependencies = execFileSync('npm', ['ls', '--all', '--omit=dev', '--parseable'], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  for (const from of dependencies.split('\n').filter((line) => line.startsWith(path.join(ROOT, 'node_modules')))) {
    fs.cpSync(from, path.join(folder, path.relative(ROOT, from)), { recursive: true });
  }
  const tsc = require.resolve('typescript/bin/tsc');
  const outDir = path.join(folder, 'dist');
  execFileSync(process.execPath, [tsc, '-p', path.join(ROOT, 'tsconfig.build.json'), '--outDir', outDir]);
  const { status, output } = npm(folder, 'pack', '--ignore-scripts', '--pack-destination', work);
  if (status !== 0) throw new Error(output);
  return path.join(work, `lkm-traffic-${version}.tgz`);
}

function worksIn(folder: string): void {
  const required = spawnSync(process.execPath, ['-p', "typeof require('lkm-traffic').run"], {
    encoding: 'utf8',
    cwd: folder,
  });
  expect(required).toMatchObject({ status: 0, stdout: 'function\n', stderr: '' });
  const command = spawnSync('npx', ['--no-install', 'lkm-traffic', '--version'], { encoding: 'utf8', cwd: folder });
  expect(command).toMatchObject({ status: 0, stdout: `${version}\n` });
}

beforeAll(() => {
  // Not below the checkout: its node_modules must not serve the project.
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-install-'));
  tarball = pack(path.join(work, 'package'));
  project = path.join(work, 'project');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
}, 120_000);

afterAll(() => {
  fs.rmSync(work, { recursive: true, force: true });
});

// Scripts are on: npm would run node-gyp if the tarball held a binding.gyp, and an installed package cannot be compiled.
test('a project installs the tarball, and again from its lockfile, with no compiler and no network', () => {
  expect(npm(project, 'install', '--ignore-scripts=false', tarball)).toMatchObject({ status: 0 });
  worksIn(project);
  for (const command of ['ci', 'rebuild', 'install']) {
    const { status, output } = npm(project, command, '--ignore-scripts=false');
    expect([command, status, output]).toEqual([command, 0, expect.not.stringContaining('gyp')]);
    worksIn(project);
  }
}, 120_000);
