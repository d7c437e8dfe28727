// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { FORMATS } from '../../../src/cli/format/report';
import { run } from '../../../src/cli/main';
import { TrafficError } from '../../../src/model/errors';
import { cli, failing, workingApi } from '../support/cli';
import { systemError } from '../support/fake-kernel';
import { schemaErrors } from '../support/schema';

const COMMANDS = [['load', '--fname=server.out'], ['unload'], ['status'], ['show'], ['doctor'], ['build']];
const WITHOUT_API = [
  ['completion', 'bash'],
  ['completion', 'zsh'],
  ['completion', 'fish'],
];

describe.each([...COMMANDS, ...WITHOUT_API])('%s', (...argv) => {
  test('its JSON is as the schema says', async () => {
    const { status, out } = await cli([...argv, '--json'], workingApi);
    expect(schemaErrors(out)).toEqual([]);
    expect(status).toBe(0);
  });

  test('every line of its ndjson is as the schema says', async () => {
    const { out } = await cli([...argv, '--format', 'ndjson'], workingApi);
    expect(out.endsWith('\n')).toBe(true);
    for (const line of out.trimEnd().split('\n')) expect(schemaErrors(line)).toEqual([]);
  });

  test.each(FORMATS)('as %s it prints something that ends a line', async (format) => {
    const { status, out } = await cli([...argv, '--format', format], workingApi);
    expect(out).toMatch(/\S\n$/);
    expect(status).toBe(0);
  });

  test('its Prometheus text is well formed, and no series is there twice', async () => {
    const { out } = await cli([...argv, '--format', 'prom'], workingApi);
    const series = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of series) expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)+\})? \d+$/);
    expect(new Set(series.map((line) => line.replace(/ \d+$/, ''))).size).toBe(series.length);
  });

  test('colours are for terminals only', async () => {
    expect((await cli(argv, workingApi)).out).not.toContain('\x1b');
  });
});

describe.each(COMMANDS)('%s', (...argv) => {
  test('a failure is a message and a hint on stderr, without a stack', async () => {
    const { status, out, err } = await cli(argv, failing());
    expect([status, out, err]).toEqual([1, '', 'lkm-traffic: It is not loaded. [ERR_NOT_LOADED]\n  load it\n']);
  });
});

test.each([
  [[], /Name a command/],
  [['lod'], /no command lod; the nearest one is load/],
  [['xyzzy'], /no command xyzzy; there are load, unload, status, show, watch, events, run, doctor, build, completion/],
  [['load'], /--fname=NAME.*--pid N/],
  [['load', '--fname='], /empty name/],
  [['load', '--fname=a,,b'], /empty name/],
  [['load', `--fname=${'x'.repeat(256)}`], /256 bytes/],
  [['load', '--fname'], /--fname needs a value/],
  [['load', '--fnam=x'], /no option --fnam; the nearest one is --fname/],
  [['load', '--fname=x', '--no-folow'], /nearest one is --follow/],
  [['load', '--fname=x', '--log-packet'], /nearest one is --log-packets/],
  [['load', 'server.out'], /--fname=server\.out/],
  [['load', '--pid', 'abc'], /'abc'/],
  [['load', '--pid', '1e3'], /'1e3'/],
  [['load', '--pid', '0'], /'0'/],
  [['load', '--fname=x', '--families=unix'], /inet,unix/],
  [['load', '--fname=x', '--families=inet,unixx'], /'unixx'.* Did you mean unix\?/],
  [['load', '--fname=x', '--max-flows=many'], /--max-flows/],
  [['load', '--fname=x', '--ko=a', '--ko=b'], /--ko is given twice/],
  [['load', '--fname=x', '--engine=magic'], /tracepoint/],
  [['load', '--fname=x', '--history=0'], /--history/],
  [['show', '--sort=size'], /received/],
  [['show', '--format=xml'], /ndjson/],
  [['show', '--json', '--format=csv'], /exclusive/],
  [['status', 'extra'], /'extra'/],
  [['status', '--json=1'], /--json takes no value: --json, or --no-json/],
  [['load', '--fname=x', '--follow=1'], /--follow takes no value: --follow, or --no-follow/],
  [['load', '--fname=x', '--no-follow=1'], /--no-follow takes no value/],
  [['load', '--no-fname'], /no option --no-fname; --fname needs a value/],
  [['load', 'nginx'], /no argument 'nginx'.* --fname=nginx/],
  [['load', '--fname=x', '--', './server'], /takes nothing after --.* lkm-traffic run -- \.\/server/],
  [['status', '--', 'x'], /takes nothing after --/],
  [['--jso'], /no option --jso; the nearest one is --json/],
  [['watch', '-z'], /watch has no option -z; lkm-traffic watch --help/],
  [['run', 'git', 'pull'], /comes after --: lkm-traffic run -- git pull/],
  [['run', '--wait', 'curl', '-s', 'http://x/'], /comes after --: lkm-traffic run -- curl -s http:/],
  [['run', '--wget', '--', 'x'], /no option --wget/],
  [['run', 'ls', '-l'], /comes after --: lkm-traffic run -- ls -l\n/],
  [['run', 'FOO=1', 'ls'], /comes after --: lkm-traffic run -- FOO=1 ls\n/],
  [['run', '-q', '--', 'ls'], /run has no option -q; lkm-traffic run --help/],
  [['run', '-q', 'npm', 'ci'], /run has no option -q;/],
  [['run', '-I500ms', '--', 'ls'], /value of -I stands apart: -I 500ms\n/],
  [['run', '-I500ms', 'npm', 'ci'], /value of -I stands apart: -I 500ms\n/],
  [['run', '-I.5', '--', 'true'], /value of -I stands apart: -I \.5\n/],
  [['run', '-oF', '--', 'npm', 'ci'], /value of -o stands apart: -o F\n/],
  [['run', '-oreport.json', '--', 'ls'], /value of -o stands apart: -o report\.json\n/],
  [['run', '-o', '--', 'ls'], /-o needs a value: -o=/],
  [['run', '--jsn', '--', 'jq', 'jsn'], /no option --jsn; the nearest one is --json/],
  [['run', '--no-o', '--', 'true'], /no option --no-o; --output needs a value/],
  [['run', '--no-maxRx', '--', 'true'], /no option --no-maxRx; --max-rx needs a value/],
  [['help', 'run'], /no command help; there are .* lkm-traffic --help/],
  [['lod', 'run'], /no command lod; the nearest one is load/],
  [['lod', '--', 'lod'], /no command lod; the nearest one is load/],
  [['--jsn', '--', 'jsn'], /no option --jsn; the nearest one is --json/],
  [['show', '--flows.x'], /no option --flows\.x; the nearest one is --flows/],
  [['show', '-f.x'], /show has no option -f;/],
  [['load', '--fname=x', '--logPackets=1'], /--logPackets takes no value: --log-packets, or --no-log-packets/],
  [['unload', '--help=yes'], /--help takes no value/],
  [['unload', '-h=yes'], /-h takes no value/],
  [['unload', '--version=yes'], /--version takes no value/],
  [['load', 'foo, bar'], /load has no argument 'foo, bar'/],
  [['foo, bar'], /no command foo, bar;/],
  [['load', 'a\nb'], /load has no argument 'a\nb'/],
  [[''], /no command ''; there are/],
  [['load', '--fname=x', '--constructor=1'], /no option --constructor/],
  [['load', '--fname=x', '--no-toString'], /no option --toString/],
  [['--', 'ls'], /Did you mean: lkm-traffic run -- ls\n/],
  [['--json', '--', 'npm', 'ci'], /Did you mean: lkm-traffic run --json -- npm ci\n/],
  [['--format', 'json', '--', 'ls'], /Did you mean: lkm-traffic run --format json -- ls\n/],
  [['--no-version', '--', 'ls'], /Did you mean: lkm-traffic run --no-version -- ls\n/],
  [['--json', '--', 'load', '--fname=x'], /Did you mean: lkm-traffic load --fname=x --json\n/],
  [['--'], /Name a command/],
  [['--json'], /Name a command/],
  [['--no-help'], /Name a command/],
  [['completion'], /shell/],
  [['completion', 'csh'], /fish/],
])('%j is wrong usage', async (argv, message) => {
  const { status, out, err } = await cli(argv);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n\s+at /);
});

test('a command line that succeeds has printed something, whatever its words', async () => {
  const options = [
    '--json',
    '--no-json',
    '--color',
    '--format',
    'csv',
    '--version',
    '--no-version',
    '--no-help',
    '--iec',
  ];
  const words = fc.constantFrom(...options, '--', '-', '', 'run', 'show', 'status', 'doctor', 'help', 'npm', 'ci');
  await fc.assert(
    fc.asyncProperty(fc.array(words, { maxLength: 5 }), async (argv) => {
      const { status, out, err } = await cli(argv, workingApi);
      if (status === 0) expect(out + err).not.toBe('');
      else expect(err).not.toBe('');
    }),
    { numRuns: 500 },
  );
});

test.each([['--help'], ['-h'], ['load', '--help'], ['load', '-h'], ['--version']])(
  '%j is no failure',
  async (...argv) => {
    const { status, out, err } = await cli(argv);
    expect([status, err]).toEqual([0, '']);
    expect(out).not.toBe('');
  },
);

test('a flag can be said to be true or false', async () => {
  const { status, out } = await cli(['status', '--json=true', '--color=false'], workingApi);
  expect([status, out.slice(0, 1)]).toEqual([0, '{']);
});

test('the help of run has its command, and its exit statuses', async () => {
  const { out } = await cli(['run', '--help']);
  expect(out).toMatch(/run \[OPTION …\] -- CMD/);
  expect(out).toMatch(/Exit status: .*127/s);
});

test('the lines of the module are shown with a failure', async () => {
  const error = new TrafficError('ERR_CONFLICT', 'Busy.', { kernelLog: ['Traffic module: hook x is \x1b[31mtaken.'] });
  expect((await cli(['status'], failing(error))).err).toContain('kernel: Traffic module: hook x is \\x1b[31mtaken.');
});

test.each([
  ['ERR_NO_HEADERS', true],
  ['ERR_CONFLICT', true],
  ['ERR_NOT_LOADED', false],
  ['ERR_INVALID_ARGUMENT', false],
] as const)('%s points to doctor: %s', async (code, does) => {
  const { err } = await cli(['load', '--fname=x'], failing(new TrafficError(code, 'It failed.', { hint: 'mend it' })));
  expect(err.endsWith('  mend it\n  lkm-traffic doctor tells what else is missing.\n')).toBe(does);
});

test('a failure that is not understood shows its cause', async () => {
  const error = new TrafficError('ERR_SYSTEM', 'The kernel did not load it.', {
    cause: new Error('ENOMEM: out of memory'),
  });
  expect((await cli(['status'], failing(error))).err).toContain('ENOMEM: out of memory');
});

test('what stdout does not take is a failure; what stderr does not take changes no status', async () => {
  const full = (): never => {
    throw new TrafficError('ERR_SYSTEM', 'It cannot be written.', { cause: systemError('ENOSPC', 'write') });
  };
  for (const argv of [['show'], ['--help'], ['--version'], ['completion', 'bash']]) {
    const { status, err } = await cli(argv, workingApi, {}, { out: full });
    expect([status, err]).toEqual([1, expect.stringMatching(/^lkm-traffic: It cannot be written.*\n {2}ENOSPC.*\n$/)]);
  }
  expect((await cli(['show', 'nobody'], workingApi, {}, { err: full })).status).toBe(1);
  expect((await cli(['load', '--fname=x'], workingApi, {}, { err: full })).status).toBe(0);
  expect((await cli(['lod'], {}, {}, { err: full })).status).toBe(2);
  expect((await cli(['status'], failing(), {}, { err: full })).status).toBe(1);
});

test('colours on a terminal, but not with NO_COLOR or --no-color', async () => {
  const colored = async (argv: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> => {
    let out = '';
    const io = {
      out: (text: string) => void (out += text),
      err: () => undefined,
      env,
      readerLeft: new AbortController().signal,
      terminal: null,
      outIsTerminal: true,
      errIsTerminal: true,
    };
    await run(argv, io, workingApi, new AbortController().signal, () => undefined);
    return out.includes('\x1b');
  };
  expect(await colored(['show'], {})).toBe(true);
  expect(await colored(['show'], { NO_COLOR: '1' })).toBe(false);
  expect(await colored(['show', '--no-color'], {})).toBe(false);
  expect(await colored(['show', '--json'], {})).toBe(false);
});
