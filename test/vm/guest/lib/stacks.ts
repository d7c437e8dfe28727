// SPDX-License-Identifier: MIT
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where every thread of user space is in the kernel: for a test that says that something is stuck. */
export function stacks(): string {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.flatMap(stacksOf).join('\n');
}

function stacksOf(pid: string): string[] {
  const folder = join('/proc', pid);
  try {
    // A kernel thread has no memory of its own.
    if (!/^VmSize:/m.test(readFileSync(join(folder, 'status'), 'latin1'))) return [];
    return readdirSync(join(folder, 'task')).map((task) => {
      const read = (file: string): string => readFileSync(join(folder, 'task', task, file), 'latin1').trimEnd();
      const [, state, parent, tracer] =
        /^State:\t(\S)[^]*^PPid:\t(\d+)[^]*^TracerPid:\t(\d+)/m.exec(read('status')) ?? [];
      return `${read('comm')} ${pid}/${task}: ${state ?? ''}, parent ${parent ?? ''}, tracer ${tracer ?? ''}\n${read('stack')}`;
    });
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
