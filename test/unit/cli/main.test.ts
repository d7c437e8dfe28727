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
  test('its JSON matches the schema', async () => {
    const { status, out } = await cli([...argv, '--json'], workingApi);
    expect(schemaErrors(out)).toEqual([]);
    expect(status).toBe(0);
  });

  test('each line of its ndjson matches the schema', async () => {
    const { out } = await cli([...argv, '--format', 'ndjson'], workingApi);
    expect(out.endsWith('\n')).toBe(true);
    for (const line of out.trimEnd().split('\n')) expect(schemaErrors(line)).toEqual([]);
  });

  test.each(FORMATS)('as %s it prints text that ends with a line feed', async (format) => {
    const { status, out } = await cli([...argv, '--format', format], workingApi);
    expect(out).toMatch(/\S\n$/);
    expect(status).toBe(0);
  });

  test('its Prometheus text is well formed and has no series twice', async () => {
    const { out } = await cli([...argv, '--format', 'prom'], workingApi);
    const series = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of series) expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)+\})? \d+$/);
    expect(new Set(series.map((line) => line.replace(/ \d+$/, ''))).size).toBe(series.length);
  });

  test('prints no colours if stdout is not a terminal', async () => {
    expect((await cli(argv, workingApi)).out).not.toContain('\x1b');
  });
});

describe.each(COMMANDS)('%s', (...argv) => {
  test('a failure prints a message and a hint on stderr, without a stack', async () => {
    const { status, out, err } = await cli(argv, failing());
    expect([status, out, err]).toEqual([1, '', 'lkm-traffic: It is not loaded. [ERR_NOT_LOADED]\n  load it\n']);
  });
});

test.each([
  [[], /No command is given\. To list the commands:\n {2}lkm-traffic --help\n$/],
  [['lod'], /no command 'lod'\. Did you mean:\n {2}lkm-traffic load/],
  [['xyzzy'], /no command 'xyzzy'\. To list the commands:\n {2}lkm-traffic --help\n$/],
  [['load'], /\n {2}lkm-traffic load --fname=NAME\n {2}lkm-traffic load --pid PID\n$/],
  [['load', '--fname='], /empty name/],
  [['load', '--fname=a,,b'], /empty name/],
  [['load', `--fname=${'x'.repeat(256)}`], /256 bytes/],
  [['load', '--fname'], /--fname needs a value/],
  [['load', '--fnam=x'], /load has no option --fnam\. Did you mean:\n {2}lkm-traffic load --fname=x\n$/],
  [['load', '--fname=x', '--no-folow'], /lkm-traffic load --fname=x --no-follow\n$/],
  [['load', '--fname=x', '--log-packet'], /lkm-traffic load --fname=x --log-packets\n$/],
  [['load', 'server.out'], /To watch a program of that name:\n {2}lkm-traffic load --fname=server\.out\n$/],
  [['load', '--pid', 'abc'], /'abc'/],
  [['load', '--pid', '1e3'], /'1e3'/],
  [['load', '--pid', '0'], /'0'/],
  [['load', '--fname=x', '--families=unix'], /must include inet .*: --families=inet,unix\n$/],
  [
    ['load', '--fname=x', '--families=inet,unixx'],
    /--families 'unixx' is not one of inet, unix, packet, vsock\. Did you mean unix\?/,
  ],
  [['load', '--fname=x', '--max-flows=many'], /--max-flows/],
  [['load', '--fname=x', '--ko=a', '--ko=b'], /--ko can be given only once/],
  [['load', '--fname=x', '--engine=magic'], /--engine 'magic' is not one of tracepoint, redirect\.\n$/],
  [['load', '--fname=x', '--history=0'], /Invalid --history '0'\. Use a whole number from 1 to 1048576\.\n$/],
  [['show', '--sort=size'], /--sort 'size' is not one of start, pid, name, received, sent, total\.\n$/],
  [['show', '--format=xml'], /--format 'xml' is not one of table, json, ndjson, csv, prom\.\n$/],
  [['show', '--format=jsn'], /--format 'jsn' is not one of .*\. Did you mean json\?\n$/],
  [['show', '--json', '--format=csv'], /: --json and --format cannot be combined\.\n$/],
  [['status', 'extra'], /'extra'/],
  [['status', '--json=1'], /--json takes no value\. Use --json or --no-json\./],
  [['load', '--fname=x', '--follow=1'], /--follow takes no value\. Use --follow or --no-follow\./],
  [['load', '--fname=x', '--no-follow=1'], /--no-follow takes no value/],
  [['load', '--no-fname'], /no option --no-fname\. --fname needs a value/],
  [['load', 'fname=nginx', '--json'], /Did you mean:\n {2}lkm-traffic load --fname=nginx --json\n$/],
  [['load', 'log_packets=1'], /Did you mean:\n {2}lkm-traffic load --log-packets=1\n$/],
  [['load', '--fname=x', '--', './server'], /takes nothing after --.*\n {2}lkm-traffic run -- \.\/server\n$/],
  [['status', '--', 'x'], /takes nothing after --/],
  [['--jso'], /no option --jso\. Did you mean:\n {2}lkm-traffic --json\n$/],
  [['watch', '-z'], /watch has no option -z\. To list the options:\n {2}lkm-traffic watch --help\n$/],
  [['run', 'git', 'pull'], /takes its command after --\. Did you mean:\n {2}lkm-traffic run -- git pull\n$/],
  [['run', '--wait', 'curl', '-s', 'http://x/'], / {2}lkm-traffic run --wait -- curl -s http:/],
  [['run', '--wget', '--', 'x'], /no option --wget/],
  [['run', 'ls', '-l'], / {2}lkm-traffic run -- ls -l\n$/],
  [['run', 'FOO=1', 'ls'], / {2}lkm-traffic run -- FOO=1 ls\n$/],
  [['run', 'sh', '-c', "echo $a; it's", '--', 'x'], / {2}lkm-traffic run -- sh -c 'echo \$a; it'\\''s' -- x\n$/],
  [['run', '-q', '--', 'ls'], /run has no option -q\.[^]*lkm-traffic run --help/],
  [['run', '-q', 'npm', 'ci'], /run has no option -q\./],
  [['run', '-o', '--', 'ls'], /-o needs a value: -o=/],
  [
    ['run', '--jsn', '--', 'jq', 'jsn'],
    /no option --jsn\. Did you mean:\n {2}lkm-traffic (run )?--json -- (jq )?jsn\n$/,
  ],
  [['run', '--no-o', '--', 'true'], /no option --no-o\. --output needs a value/],
  [['run', '--no-maxRx', '--', 'true'], /no option --no-maxRx\. --max-rx needs a value/],
  [['help', 'run'], /no command 'help'\.[^]* lkm-traffic --help/],
  [['lod', 'run'], /no command 'lod'\. Did you mean:\n {2}lkm-traffic load/],
  [['lod', '--', 'lod'], /no command 'lod'\. Did you mean:\n {2}lkm-traffic load/],
  [['--jsn', '--', 'jsn'], /no option --jsn\. Did you mean:\n {2}lkm-traffic (run )?--json -- (jq )?jsn\n$/],
  [['show', '--flows.x'], /no option --flows\.x\. Did you mean:\n {2}lkm-traffic show --flows\n$/],
  [['show', '-f.x'], /show has no option -f\./],
  [['load', '--fname=x', '--logPackets=1'], /--logPackets takes no value\. Use --log-packets or --no-log-packets\./],
  [['unload', '--help=yes'], /--help takes no value/],
  [['unload', '-h=yes'], /-h takes no value/],
  [['unload', '--version=yes'], /--version takes no value/],
  [['load', 'foo, bar'], /load takes no argument 'foo, bar'\.[^]* {2}lkm-traffic load '--fname=foo, bar'\n$/],
  [['foo, bar'], /no command 'foo, bar'\./],
  [['load', 'a\nb'], /load takes no argument 'a\\x0ab'\.[^]* {2}lkm-traffic load \$'--fname=a\\x0ab'\n$/],
  [[''], /no command ''\./],
  [['load', '--fname=x', '--constructor=1'], /no option --constructor/],
  [['load', '--fname=x', '--no-toString'], /no option --toString/],
  [['--', 'ls'], /Did you mean:\n {2}lkm-traffic run -- ls\n$/],
  [['--json', '--', 'npm', 'ci'], /Did you mean:\n {2}lkm-traffic run --json -- npm ci\n$/],
  [['--format', 'json', '--', 'ls'], /Did you mean:\n {2}lkm-traffic run --format json -- ls\n$/],
  [['--no-version', '--', 'ls'], /Did you mean:\n {2}lkm-traffic run --no-version -- ls\n$/],
  [['--', 'sh', '-c', 'ls *'], /Did you mean:\n {2}lkm-traffic run -- sh -c 'ls \*'\n$/],
  [['--json', '--', 'load', '--fname=x'], /Did you mean:\n {2}lkm-traffic load --fname=x --json\n$/],
  [['--'], /No command is given/],
  [['--json'], /No command is given/],
  [['--no-help'], /No command is given/],
  [['completion'], /completion needs <shell> \(bash, zsh or fish\)/],
  [['completion', 'csh'], /: 'csh' is not one of bash, zsh, fish\. Did you mean zsh\?\n$/],
])('%j is wrong usage', async (argv, message) => {
  const { status, out, err } = await cli(argv);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n\s+at /);
});

test('every command line that succeeds prints something', async () => {
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

test.each([
  ['show', ['stop', 'stat', 'lsit']],
  ['status', ['start', 'list', 'top']],
  ['--iec', ['--quiet', '--since', '--verbose', '--all']],
  ['--by', ['-b', '--my-id']],
])('does not suggest %s for words that differ too much', async (wrong, words) => {
  for (const word of words) {
    const { status, err } = await cli(word.startsWith('-') ? ['run', word, '--', 'x'] : [word]);
    expect(status).toBe(2);
    expect(err).not.toMatch(new RegExp(`(?<![-\\w])${wrong}\\b`));
  }
});

test.each([
  ['laod', 'load'],
  ['shwo', 'show'],
  ['unlod', 'unload'],
  ['stats', 'status'],
  ['wacth', 'watch'],
  ['docter', 'doctor'],
  ['compeltion', 'completion'],
  ['rn', null],
])('for the command %s the suggestion is %s', async (word, meant) => {
  const { err } = await cli([word]);
  expect(err).toContain(meant === null ? 'lkm-traffic --help' : `Did you mean:\n  lkm-traffic ${meant}\n`);
});

test('the value of a short option can follow it without a space', async () => {
  const { run } = workingApi;
  for (const option of ['-r2', '-r=2']) {
    expect((await cli(['run', option, '--', 'x'], { run })).err).toMatch(/^x: 2 runs, exited 0$/m);
  }
  const { status, err } = await cli(['run', '-I500ms', '-r2', '--json', '--', 'x', '-I5', '-oF'], { run });
  expect([status, err.match(/"command":\["x","-I5","-oF"\]/g)?.length]).toEqual([0, 3]);
});

test.each([
  [200, 100],
  [100, 100],
  [64, 64],
  [null, 80],
])('the help of a terminal with %s columns is at most %i wide', async (outWidth, most) => {
  for (const argv of [['--help'], ['run', '--help'], ['show', '--help']]) {
    const { out } = await cli(argv, {}, {}, { outWidth });
    const widest = Math.max(...out.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(most);
    expect(widest).toBeGreaterThan(most - 10);
  }
});

test.each([['--help'], ['-h'], ['load', '--help'], ['load', '-h'], ['--version']])(
  '%j is no failure',
  async (...argv) => {
    const { status, out, err } = await cli(argv);
    expect([status, err]).toEqual([0, '']);
    expect(out).not.toBe('');
  },
);

test('a flag can be set to true or false', async () => {
  const { status, out } = await cli(['status', '--json=true', '--color=false'], workingApi);
  expect([status, out.slice(0, 1)]).toEqual([0, '{']);
});

test('the help of run has its usage, its options first, and its exit statuses', async () => {
  const { out } = await cli(['run', '--help']);
  expect(out).toMatch(/run \[OPTION …\] -- CMD/);
  expect(out).toMatch(/^Options:\n +-o, --output [^]*^Common options:\n +--format /m);
  expect(out).toMatch(
    /^Exit status:\n {2}N +the exit status of CMD\n.*^ {2}127 +CMD was not found\n {2}128\+N .*\n$/ms,
  );
});

test('a failure shows the lines of the module in the kernel log', async () => {
  const error = new TrafficError('ERR_CONFLICT', 'Busy.', { kernelLog: ['Traffic module: hook x is \x1b[31mtaken.'] });
  expect((await cli(['status'], failing(error))).err).toContain('kernel: Traffic module: hook x is \\x1b[31mtaken.');
});

test.each([
  ['ERR_NO_HEADERS', true],
  ['ERR_CONFLICT', true],
  ['ERR_NOT_LOADED', false],
  ['ERR_INVALID_ARGUMENT', false],
] as const)('%s points to doctor: %s', async (code, does) => {
  const { err } = await cli(
    ['load', '--fname=x'],
    failing(new TrafficError(code, 'It failed.', { hint: 'To fix it:\n  fix' })),
  );
  expect(err.endsWith('  To fix it:\n    fix\n  To check what else is missing: lkm-traffic doctor\n')).toBe(does);
});

test('a failure of the system shows its cause', async () => {
  const error = new TrafficError('ERR_SYSTEM', 'The kernel did not load it.', {
    cause: new Error('ENOMEM: out of memory'),
  });
  expect((await cli(['status'], failing(error))).err).toContain('ENOMEM: out of memory');
});

test('fails if stdout cannot be written, but not if stderr cannot', async () => {
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

test('prints colours on a terminal, but not with NO_COLOR or --no-color', async () => {
  const colored = async (argv: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> => {
    let out = '';
    const io = {
      out: (text: string) => void (out += text),
      err: () => undefined,
      env,
      readerLeft: new AbortController().signal,
      terminal: null,
      outIsTerminal: true,
      outWidth: 80,
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
