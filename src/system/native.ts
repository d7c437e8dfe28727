// SPDX-License-Identifier: MIT
import { inspect } from 'node:util';
import { packageRoot } from '../util/package-version';

/**
 * System calls that Node does not offer. They run on the thread pool, and occupy a thread for as long as the module's
 * init and exit functions run.
 *
 * A failed call rejects with a `NodeJS.ErrnoException`, as `node:fs` does. It has `code` (such as `'ENOEXEC'`), a negative
 * `errno`, `syscall` (`'open'`, `'finit_module'`, `'delete_module'` or `'read'`) and `path`. An invalid argument rejects
 * with a `TypeError` that has the code `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE`.
 */
export interface Native {
  /** Loads the module file at `path`. `params` are written as for insmod: a value with spaces is in double quotes. */
  load(path: string, params: string): Promise<void>;
  /** Unloads the module `name`, without force: `EAGAIN` if it is in use. In errors `path` is the name. */
  unload(name: string): Promise<void>;
  /** Reads a whole file, even in /proc, with one open. `EFBIG` above 1 GiB. */
  read(file: string): Promise<Buffer>;
}

let loaded: Native | undefined;

/**
 * Returns the addon. The first call loads it; later calls return the same object.
 *
 * @throws Error of node-gyp-build if there is no addon for this platform: it says where the addon was searched.
 */
export function native(): Native {
  return (loaded ??= checked(open()));
}

function open(): Native {
  // Not an import: node-gyp-build has no types, and must not be loaded before the first call. The bundle contains it.
  const nodeGypBuild = require('node-gyp-build') as (root: string) => Native;
  return nodeGypBuild(packageRoot());
}

/** Validates the arguments. The addon only asserts them. */
function checked(addon: Native): Native {
  return {
    load: async (path, params) => addon.load(text('path', path), text('params', params)),
    unload: async (name) => addon.unload(text('name', name)),
    read: async (file) => addon.read(text('file', file)),
  };
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw invalid('ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type string. Received ${inspect(value)}`);
  }
  // C ends a string at the first NUL. The addon would open another file, or drop parameters.
  if (value.includes('\0')) {
    throw invalid(
      'ERR_INVALID_ARG_VALUE',
      `The argument '${name}' must be a string without null bytes. Received ${inspect(value)}`,
    );
  }
  return value;
}

function invalid(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}
