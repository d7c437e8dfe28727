// SPDX-License-Identifier: MIT
//
// Builds the addon with the headers of the Node that runs this script: without them node-gyp would download some.
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

/** Returns the folder with `include/node/node.h` of this Node. */
function headers() {
  const dir = process.env.npm_config_nodedir || path.resolve(process.execPath, '..', '..');
  const header = path.join(dir, 'include/node/node.h');
  if (!existsSync(header)) {
    fail(
      `addon: the headers of Node ${process.version} are missing: ${header} does not exist.\n` +
        'Use a Node that includes them, such as an archive of nodejs.org or a package of NodeSource, or name their folder:\n' +
        `  npm_config_nodedir=/path/to/node-${process.version} npm run ${process.env.npm_lifecycle_event ?? 'build:addon'}`,
    );
  }
  return dir;
}

/** Runs a program and waits for it. If the program fails, this script exits with the same status. */
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
    // binding.gyp and CMakeLists.txt run `node` to find folders. It must be the Node that runs this script.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
  };
  run(process.execPath, [resolve(script), ...args], env, cwd);
}

const prebuilt = path.join(root, `prebuilds/linux-${process.arch}/lkm-traffic.node`);

/** Runs prebuildify in a folder of its own, since it empties `build/` first, where other builds keep their files. */
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

/** Functions that both glibc and musl have under these names. */
const LIBC = new Set([
  ...['__assert_fail', '__cxa_finalize', '__errno_location', '__xpg_strerror_r', 'abort', 'close', 'fprintf'],
  ...['free', 'malloc', 'memchr', 'memcpy', 'memmove', 'memset', 'open', 'read', 'realloc', 'snprintf', 'stderr'],
  ...['strlen', 'syscall'],
]);

/** Checks that the published file loads with glibc and with musl: it must not name a library, or a version of one. */
function verifyPrebuild() {
  const { stdout, error } = spawnSync('readelf', ['--wide', '--dynamic', '--dyn-syms', prebuilt], { encoding: 'utf8' });
  if (error) fail(`addon: readelf: ${error.message}`);
  const libraries = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
  const wanted = [...stdout.matchAll(/ GLOBAL +DEFAULT +UND +(\S+)/g)].map(([, name]) => name);
  const others = wanted.filter((name) => !name.startsWith('napi_') && !LIBC.has(name));
  if (wanted.length === 0) fail(`addon: readelf shows no symbols of ${prebuilt}`);
  if (libraries.length + others.length > 0) {
    fail(`addon: the prebuilt addon needs what some systems do not have: ${[...libraries, ...others].join(', ')}`);
  }
}

const commands = {
  // Not `rebuild`, which removes `build/` with the files of other builds.
  gyp: () => tool('node-gyp/bin/node-gyp.js', ['configure', 'build']),
  prebuild,
  cmake: () => tool('cmake-js/bin/cmake-js', ['compile', '-O', 'build-cmake', '-B', 'Debug']),
  /** Tests with the sanitizers, then without them under valgrind, which also finds uses of uninitialized memory. */
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
