// SPDX-License-Identifier: MIT
import path from 'node:path';
import ts from 'typescript';
import { build, doctor, events, load, measure, monitor, run, snapshot, status, unload } from '../../src';

const SOURCE = path.join(__dirname, '../../src');

/** The parameters of a function, from its source. `Function.length` does not count those with a default. */
function parametersOf(call: unknown): string {
  return /^function \w+\((.*?)\) \{/s.exec(String(call))?.[1] ?? '';
}

test.each([
  ['build', build, 'options = {}'],
  ['doctor', doctor, ''],
  ['events', events, 'options = {}'],
  ['load', load, 'options'],
  ['measure', measure, 'child, options = {}'],
  ['monitor', monitor, 'options'],
  ['run', run, 'command, args = [], options = {}'],
  ['snapshot', snapshot, 'options = {}'],
  ['status', status, ''],
  ['unload', unload, 'options = {}'],
])('%s takes no other parameters than the documented ones', (_, call, parameters) => {
  expect(parametersOf(call)).toBe(parameters);
});

test('status and doctor ignore arguments, so that they can be passed to then()', async () => {
  const plain = await status();
  expect(await Promise.resolve(5).then(status)).toEqual(plain);
  expect(await Promise.resolve({ platform: 'darwin' }).then(status)).toEqual(plain);
  const { checks } = await Promise.resolve(5).then(doctor);
  expect(checks.map(({ name }) => name)).toEqual((await doctor()).checks.map(({ name }) => name));
});

test('functions with options ignore further arguments', async () => {
  const elsewhere = { platform: 'darwin' };
  const outcome = (call: (...args: unknown[]) => Promise<unknown>, ...args: unknown[]): Promise<unknown> =>
    call(...args).catch((error: unknown) => error);
  for (const [call, ...args] of [
    [load, {}],
    [monitor, {}],
    [events, { minBytes: -1 }],
    [build, { kernel: '../x' }],
  ] as const) {
    const error = await outcome(call as (...args: unknown[]) => Promise<unknown>, ...args, elsewhere);
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  }
});

test('the declarations that a user of the package sees do not mention the host', () => {
  const config = ts.readConfigFile(path.join(SOURCE, '../tsconfig.build.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, path.join(SOURCE, '..'));
  const declarations = new Map<string, string>();
  const program = ts.createProgram([path.join(SOURCE, 'index.ts')], { ...options, emitDeclarationOnly: true });
  program.emit(undefined, (file, text) => declarations.set(path.relative(options.outDir ?? '', file), text));
  const reached = new Set(['index.d.ts']);
  for (const file of reached) {
    const text = declarations.get(file) ?? '';
    expect([file, text]).not.toEqual([file, '']);
    for (const [, target = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]*)['"]/g)) {
      reached.add(path.join(path.dirname(file), `${target}.d.ts`));
    }
  }
  expect(reached.size).toBeGreaterThan(5);
  expect([...reached].filter((file) => /\bHost\b/.test(declarations.get(file) ?? ''))).toEqual([]);
}, 60_000);
