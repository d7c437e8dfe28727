// SPDX-License-Identifier: MIT
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../../..');

/** What the test packs in place of the compiled addon, which a clone may not have built. */
export const PREBUILT = `prebuilds/linux-${process.arch}/lkm-traffic.node`;

/** Runs npm in a folder of `work`: offline, with an empty cache, and without this machine's npm configuration. */
export function npm(work: string, folder: string, ...args: string[]): { status: number | null; output: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const options = ['--offline', '--cache', path.join(work, 'cache'), '--userconfig', path.join(work, 'npmrc')];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...options, '--no-audit', '--no-fund'], {
    encoding: 'utf8',
    cwd: path.join(work, folder),
    env,
  });
  return { status, output: `${stdout}${stderr}` };
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** Packs a copy of this repository, with a newly built dist/, in `work`. Returns the path of the tarball. */
export function pack(work: string): string {
  const folder = path.join(work, 'repository');
  const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8', cwd: ROOT }).split('\0');
  for (const file of tracked.filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)))) {
    fs.cpSync(path.join(ROOT, file), path.join(folder, file));
  }
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/build-dist.mjs'), path.join(folder, 'dist')]);
  write(path.join(folder, 'man/lkm-traffic.1'), '.TH LKM-TRAFFIC 1\n');
  write(path.join(folder, PREBUILT), 'not an addon\n');
  // What a build of the module leaves beside its sources.
  for (const name of ['net_traffic.mod.c', 'main.o', 'net_traffic.ko', 'Module.symvers', '.main.o.cmd']) {
    write(path.join(folder, 'kmod', name), '');
  }
  const { status, output } = npm(work, 'repository', 'pack', '--ignore-scripts', '--pack-destination', work);
  if (status !== 0) throw new Error(output);
  return path.join(work, fs.readdirSync(work).find((name) => name.endsWith('.tgz')) ?? '');
}

/** The files of a tarball, sorted, without the folder that npm puts them in. */
export function listed(tarball: string): string[] {
  const output = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  return output
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^package\//, ''))
    .sort();
}
