// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { native, type Native } from '../../../src/system/native';

const root = path.join(__dirname, '../../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(content: string | Buffer): string {
  const file = path.join(folder, 'file');
  writeFileSync(file, content);
  return file;
}

async function failureOf(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  try {
    await promise;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('no failure');
}

describe('native()', () => {
  test('returns the same object at each call', () => {
    expect(native()).toBe(native());
  });

  test('has load, unload and read, and nothing else', () => {
    expect(Object.keys(native()).sort()).toEqual(['load', 'read', 'unload']);
  });

  test('loads nothing when imported, and throws at the first call if there is no addon', () => {
    jest.isolateModules(() => {
      const reason = new Error('No native build was found');
      const nodeGypBuild = jest.fn(() => {
        throw reason;
      });
      jest.doMock('node-gyp-build', () => nodeGypBuild);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a fresh instance of the module
      const fresh = require('../../../src/system/native') as { native: () => Native };
      expect(nodeGypBuild).not.toHaveBeenCalled();
      const first = () => fresh.native();
      expect(first).toThrow(reason);
      expect(nodeGypBuild).toHaveBeenCalledWith(root);
      jest.dontMock('node-gyp-build');
    });
  });
});

describe('read', () => {
  test('returns the bytes of a file', async () => {
    const content = Buffer.from([0, 255, 10, 0, 128]);
    await expect(native().read(fileWith(content))).resolves.toEqual(content);
  });

  test('returns an empty buffer for an empty file', async () => {
    await expect(native().read(fileWith(''))).resolves.toEqual(Buffer.alloc(0));
  });

  test('returns all of a large file', async () => {
    const content = Buffer.alloc(3_000_001, 'all of it ');
    expect(content.equals(await native().read(fileWith(content)))).toBe(true);
  });

  test('returns all of a /proc file, whose size is shown as 0', async () => {
    expect((await native().read('/proc/self/limits')).toString()).toBe(readFileSync('/proc/self/limits', 'utf8'));
  });

  test('accepts a path that is not ASCII, and shows it in errors', async () => {
    const file = path.join(folder, 'сеть ☃ 𝄞');
    const error = await failureOf(native().read(file));
    expect(error.path).toBe(file);
    writeFileSync(file, 'x');
    await expect(native().read(file)).resolves.toEqual(Buffer.from('x'));
  });

  test('rejects with ENOENT of open for a missing file', async () => {
    expect(await failureOf(native().read('/no/such/file'))).toMatchObject({
      message: "ENOENT: No such file or directory, open '/no/such/file'",
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
      path: '/no/such/file',
    });
  });

  test('rejects with EISDIR of read for a folder', async () => {
    expect(await failureOf(native().read('/tmp'))).toMatchObject({ code: 'EISDIR', syscall: 'read', path: '/tmp' });
  });
});

describe('load and unload', () => {
  test('load rejects with ENOENT of open for a missing file', async () => {
    expect(await failureOf(native().load('/no/such.ko', ''))).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  });

  // ENOEXEC where modules can be loaded; the others where not, or not without a signature.
  test('load rejects with an error of finit_module for a file that is not a module', async () => {
    const file = fileWith('not a module');
    const error = await failureOf(native().load(file, 'idle=1'));
    expect(['ENOEXEC', 'EPERM', 'ENOSYS', 'EKEYREJECTED', 'ENOKEY', 'EBADMSG']).toContain(error.code);
    expect(error).toMatchObject({ syscall: 'finit_module', path: file });
    expect(error.message).toMatch(new RegExp(`^${error.code ?? ''}: .+, finit_module '${file}'$`));
  });

  test('unload rejects with an error of delete_module for a module that is not loaded', async () => {
    const error = await failureOf(native().unload('no_such_module'));
    expect(['ENOENT', 'EPERM', 'ENOSYS']).toContain(error.code);
    expect(error).toMatchObject({ syscall: 'delete_module', path: 'no_such_module' });
  });
});

describe('errors', () => {
  test("are printed like Node's own", async () => {
    const error = await failureOf(native().read('/no/such/file'));
    expect(inspect(error).split('\n')).toEqual([
      "[Error: ENOENT: No such file or directory, open '/no/such/file'] {",
      '  errno: -2,',
      "  code: 'ENOENT',",
      "  syscall: 'open',",
      "  path: '/no/such/file'",
      '}',
    ]);
  });

  const notStrings: unknown[] = [undefined, null, 1, {}, Buffer.from('/tmp')];
  test.each(notStrings)('a path of %p rejects with a TypeError', async (value) => {
    const error = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
    const anything = value as string;
    expect(await failureOf(native().load(anything, ''))).toMatchObject(error);
    expect(await failureOf(native().load('/tmp', anything))).toMatchObject(error);
    expect(await failureOf(native().unload(anything))).toMatchObject(error);
    expect(await failureOf(native().read(anything))).toMatchObject(error);
  });

  test('a NUL in an argument rejects with a TypeError', async () => {
    const error = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
    expect(await failureOf(native().load('/tmp\0', ''))).toMatchObject(error);
    expect(await failureOf(native().load('/tmp', 'fname=a\0b'))).toMatchObject(error);
    expect(await failureOf(native().unload('a\0'))).toMatchObject(error);
    expect(await failureOf(native().read('/proc/self/limits\0.txt'))).toMatchObject(error);
  });
});

describe('threads', () => {
  const script = `
    const { parentPort } = require('node:worker_threads');
    const addon = require('node-gyp-build')(${JSON.stringify(root)});
    addon.read('/no/such/file').catch((error) => parentPort.postMessage([error.code, error.path]));
  `;

  test('several threads load the addon, one after another and at the same time', async () => {
    const answerOf = (worker: Worker) =>
      new Promise<unknown>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
    const answer = ['ENOENT', '/no/such/file'];
    const worker = () => new Worker(script, { eval: true });
    expect(await answerOf(worker())).toEqual(answer);
    expect(await Promise.all([1, 2, 3, 4].map(() => answerOf(worker())))).toEqual([answer, answer, answer, answer]);
  });

  test('a thread can end while its calls are in progress', () => {
    // In a process of its own: a crash is what would go wrong.
    const ending = `
      const { Worker } = require('node:worker_threads');
      const script = ${JSON.stringify(`
        const addon = require('node-gyp-build')(${JSON.stringify(root)});
        for (let i = 0; i < 50; i++) addon.read('/proc/self/maps');
        require('node:worker_threads').parentPort.postMessage(0);
      `)};
      (async () => {
        for (let i = 0; i < 10; i++) {
          const worker = new Worker(script, { eval: true });
          await new Promise((resolve) => worker.once('message', resolve));
          await worker.terminate();
        }
        console.log('done');
      })();
    `;
    expect(execFileSync(process.execPath, ['-e', ending], { cwd: root, encoding: 'utf8' })).toBe('done\n');
  });
});
