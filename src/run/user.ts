// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { TrafficError } from '../model/errors';
import type { Executable } from './child';

interface Account {
  readonly name: string;
  readonly gid: string;
  readonly home: string;
  readonly shell: string;
}

/** By getent, which asks what /etc/nsswitch.conf names: not every user stands in /etc/passwd. */
function lookUp(user: string): Account {
  let line: string;
  try {
    line = execFileSync('/usr/bin/getent', ['passwd', '--', user], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `There is no user ${JSON.stringify(user)}.`, { cause: error });
  }
  const [name = '', , , gid = '', , home = '', shell = ''] = line.trim().split(':');
  return { name, gid, home, shell };
}

/**
 * What runs a command as a user. Not by spawn's own `uid` and `gid`, which leave out the user's groups.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT when there is no such user
 */
export function asUser(user: string, { file, args, env = process.env }: Executable): Executable {
  const { name, gid, home, shell } = lookUp(user);
  return {
    file: '/usr/bin/setpriv',
    args: [`--reuid=${name}`, `--regid=${gid}`, '--init-groups', '--', file, ...args],
    env: { ...env, HOME: home, USER: name, LOGNAME: name, SHELL: shell },
  };
}
