// SPDX-License-Identifier: MIT
import { inspect } from 'node:util';
import { packageRoot } from '../util/package-version';

/**
 * The system calls that Node itself lacks. They run on the thread pool and may block it: loading and unloading last as
 * long as the module's own init and exit functions.
 *
 * A call that fails rejects with a `NodeJS.ErrnoException` as `node:fs` does: `code` (`'ENOEXEC'`), negative `errno`,
 * `syscall` (`'open'`, `'finit_module'`, `'delete_module'` or `'read'`), `path`. A wrong argument rejects with a
 * `TypeError` of Node's codes `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`.
 */
export interface Native {
  /** Loads the module file at `path`. `params` is as on insmod's command line: values with spaces in double quotes. */
  load(path: string, params: string): Promise<void>;
  /** Unloads the module `name`, never by force: `EAGAIN` when it is in use. In errors, `path` is the name. */
  unload(name: string): Promise<void>;
  /** The whole of a file, of /proc too, by one open. `EFBIG` above 1 GiB. */
  read(file: string): Promise<Buffer>;
}

let loaded: Native | undefined;

/**
 * The addon: loaded by the first call, the same object ever after.
 *
 * @throws Error when there is no addon for this platform; `cause` says where it was looked for.
 */
export function native(): Native {
  return (loaded ??= checked(open()));
}

function open(): Native {
  try {
    // Not an import: the package has no types, and only the first call needs it. The bundle contains it all the same.
    const nodeGypBuild = require('node-gyp-build') as (root: string) => Native;
    return nodeGypBuild(packageRoot());
  } catch (cause) {
    throw new Error(
      `the native addon of lkm-traffic cannot be loaded on ${process.platform}-${process.arch}; ` +
        'in a source tree, `npm run build:addon` builds it',
      { cause },
    );
  }
}

/** The addon asserts what is verified here. */
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
  // C ends a string at the first NUL: another file, or fewer parameters, than was asked for.
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
