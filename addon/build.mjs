// SPDX-License-Identifier: MIT
//
// Builds the addon with the headers of the Node that runs this script, so that nothing is downloaded.
//   node addon/build.mjs gyp | prebuild | cmake | test
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const resolve = createRequire(import.meta.url).resolve;

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The folder that holds `include/node/node.h` for this Node. */
function headers() {
  const dir = process.env.npm_config_nodedir || path.resolve(process.execPath, '..', '..');
  const header = path.join(dir, 'include/node/node.h');
  if (!existsSync(header)) {
    fail(
      `addon: the headers of Node ${process.version} are missing: there is no ${header}.\n` +
        'Use a Node that brings them (the archives of nodejs.org and the packages of NodeSource do), or name their folder:\n' +
        `  npm_config_nodedir=/path/to/node-${process.version} npm run ${process.env.npm_lifecycle_event ?? 'build:addon'}`,
    );
  }
  return dir;
}

/** Runs a program to its end; ends this script with its status when that is not 0. */
function run(command, args, env = {}, cwd = root) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error?.code === 'ENOENT') fail(`addon: ${command} is not installed`);
  if (error) fail(`addon: ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? fail(`addon: ${command} was ended by ${signal}`));
}

function tool(script, args, cwd = root) {
  const env = {
    npm_config_nodedir: headers(),
    // binding.gyp and CMakeLists.txt ask `node` for folders: it must be this one.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
  };
  run(process.execPath, [resolve(script), ...args], env, cwd);
}

const prebuilt = path.join(root, `prebuilds/linux-${process.arch}/lkm-traffic.node`);

/** prebuildify empties `build/` before it builds, and others have theirs in there: it gets a folder of its own. */
function prebuild() {
  const folder = path.join(root, 'build/prebuild');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['addon', 'binding.gyp', 'node_modules', 'package.json']) {
    symlinkSync(path.join(root, name), path.join(folder, name));
  }
  const args = ['--napi', '--strip', `--target=${process.versions.node}`, '--out', root];
  tool('prebuildify/bin.js', args, folder);
  verifyPrebuild();
}

/** Functions of libc that glibc and musl have both, under these names. */
const LIBC = new Set([
  ...['__assert_fail', '__cxa_finalize', '__errno_location', '__xpg_strerror_r', 'abort', 'close', 'fprintf'],
  ...['free', 'malloc', 'memchr', 'memcpy', 'memmove', 'memset', 'open', 'read', 'realloc', 'snprintf', 'stderr'],
  ...['strlen', 'syscall'],
]);

/** What is published must load wherever Node does, beside glibc or musl: it names no library, and no version of one. */
function verifyPrebuild() {
  const { stdout, error } = spawnSync('readelf', ['--wide', '--dynamic', '--dyn-syms', prebuilt], { encoding: 'utf8' });
  if (error) fail(`addon: readelf: ${error.message}`);
  const libraries = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
  const wanted = [...stdout.matchAll(/ GLOBAL +DEFAULT +UND +(\S+)/g)].map(([, name]) => name);
  const others = wanted.filter((name) => !name.startsWith('napi_') && !LIBC.has(name));
  if (wanted.length === 0) fail(`addon: readelf shows no symbols of ${prebuilt}`);
  if (libraries.length + others.length > 0) {
    fail(`addon: the prebuilt addon wants what not every system has: ${[...libraries, ...others].join(', ')}`);
  }
}

const commands = {
  // Not rebuild, which removes `build/` with all that others have in there.
  gyp: () => tool('node-gyp/bin/node-gyp.js', ['configure', 'build']),
  prebuild,
  cmake: () => tool('cmake-js/bin/cmake-js', ['compile', '-O', 'build-cmake', '-B', 'Debug']),
  /** With the sanitizers, and without them under valgrind, which sees what they do not: uninitialized memory. */
  test: () => {
    commands.cmake();
    run(path.join(root, 'build-cmake/leaves_test'), []);
    tool('cmake-js/bin/cmake-js', ['compile', '-O', 'build-cmake/plain', '-B', 'Debug', '--CDSANITIZE=OFF']);
    const watched = ['--quiet', '--error-exitcode=99', '--leak-check=full', '--track-fds=no'];
    run('valgrind', [...watched, path.join(root, 'build-cmake/plain/leaves_test')]);
    prebuild();
    run(process.execPath, [path.join(root, 'test/addon/musl.mjs'), prebuilt]);
  },
};

const command = commands[process.argv[2]];
if (!command) fail(`usage: node addon/build.mjs ${Object.keys(commands).join(' | ')}`);
command();
