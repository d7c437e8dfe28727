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

/** Looks a user up by getent, which reads all sources of /etc/nsswitch.conf. Not every user is in /etc/passwd. */
function lookUp(user: string): Account {
  let line: string;
  try {
    line = execFileSync('/usr/bin/getent', ['passwd', '--', user], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // The error of getent says nothing that the message does not.
    throw new TrafficError('ERR_INVALID_ARGUMENT', `There is no user ${JSON.stringify(user)}.`);
  }
  const [name = '', , , gid = '', , home = '', shell = ''] = line.trim().split(':');
  return { name, gid, home, shell };
}

/**
 * How to run a command as a user. The options `uid` and `gid` of spawn are not used, because they do not set the
 * supplementary groups of the user.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT if the user does not exist
 */
export function asUser(user: string, { file, args, env = process.env }: Executable): Executable {
  const { name, gid, home, shell } = lookUp(user);
  return {
    file: '/usr/bin/setpriv',
    args: [`--reuid=${name}`, `--regid=${gid}`, '--init-groups', '--', file, ...args],
    env: { ...env, HOME: home, USER: name, LOGNAME: name, SHELL: shell },
  };
}
