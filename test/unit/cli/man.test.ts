// SPDX-License-Identifier: MIT
import { COMMANDS } from '../../../src/cli/commands';
import { manual } from '../../../src/cli/man';

const page = manual(COMMANDS, '1.2.3');
/** As a reader sees it. */
const text = page.replace(/\\f[BIR]/g, '').replaceAll('\\-', '-');

test('the manual page has every command, with its options and examples', () => {
  for (const { name, describe, options, examples = [], exitStatus = [] } of COMMANDS) {
    const start = text.indexOf(`\n.SS ${name}`);
    expect(start).toBeGreaterThan(0);
    const section = text.slice(start, text.indexOf('\n.S', start + 1));
    expect(section).toContain(describe);
    for (const option of Object.keys(options)) expect(section).toContain(`--${option}`);
    for (const [exit] of exitStatus) expect(section).toContain(`\n${exit}\n`);
    for (const [command] of examples) expect(section).toContain(command.replace('$0', 'lkm-traffic'));
  }
});

test('the page is in section 1, and every line that begins with a dot is a request', () => {
  expect(page).toMatch(/^\.TH LKM\\-TRAFFIC 1 "" "lkm\\-traffic 1\.2\.3"/);
  for (const line of page.split('\n').filter((line) => line.startsWith('.'))) {
    expect(line).toMatch(/^\.(TH|SH|SS|TP|PP)( |$)/);
  }
});

test('text is never taken for a request', () => {
  const odd = { name: 'odd', describe: ".so file\n'x\\n", options: {}, run: () => Promise.resolve(0) };
  expect(manual([odd], '1')).toContain("\\&.so file\n\\&'x\\en");
});
