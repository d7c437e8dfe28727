// SPDX-License-Identifier: MIT
//
// Checks that the addon loads with musl, without a Node that is built for musl. A program linked with musl defines the
// functions of Node-API and opens the addon; musl must have every other symbol that the addon needs. Prints one TAP line.
//   node test/addon/musl.mjs FILE
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [, , addon] = process.argv;
const symbols = execFileSync('nm', ['--dynamic', '--undefined-only', '--format=posix', addon], { encoding: 'utf8' });
const names = symbols.split('\n').map((line) => line.split(' ')[0]);
const stubs = names.filter((name) => name.startsWith('napi_')).map((name) => `void ${name}(void) { abort(); }`);

const program = `
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
${stubs.join('\n')}
int main(int argc, char **argv)
{
  void *addon = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
  if (!addon || !dlsym(addon, "napi_register_module_v1")) {
    printf("not ok 1 - the prebuilt addon loads with musl\\n# %s\\n", dlerror());
    return 1;
  }
  printf("ok 1 - the prebuilt addon loads with musl\\n");
  return 0;
}
`;

const folder = mkdtempSync(path.join(tmpdir(), 'lkm-traffic-musl-'));
try {
  const source = path.join(folder, 'host.c');
  const host = path.join(folder, 'host');
  writeFileSync(source, program);
  execFileSync('musl-gcc', ['-rdynamic', '-o', host, source], { stdio: 'inherit' });
  console.log('1..1');
  execFileSync(host, [path.resolve(addon)], { stdio: 'inherit' });
} catch {
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
