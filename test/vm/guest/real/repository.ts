// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { outputOf } from '../lib/program';

/** A repository to clone, with some hundred kilobytes that do not compress. */
export async function repository(work: string, bare: string): Promise<void> {
  const git = (...args: string[]): Promise<string> =>
    outputOf('git', ['-c', 'user.name=A', '-c', 'user.email=a@localhost', ...args]);
  await git('init', '-q', work);
  await outputOf('sh', ['-c', `head -c 400000 /dev/urandom > ${join(work, 'file')}`]);
  await git('-C', work, 'add', '.');
  await git('-C', work, 'commit', '-qm', 'first');
  await git('clone', '-q', '--bare', work, bare);
}
