// SPDX-License-Identifier: MIT
import { matches } from '../../../src/read/pattern';

test.each([
  ['server.out', '/root/server.out', true],
  ['server.out', 'serverXout', false],
  ['server.out', '/root/server.out2', false],
  ['*.out', '/root/server.out', true],
  ['serve?.out', 'server.out', true],
  ['serve?.out', 'serve.out', false],
  ['node[0-9]', 'node2', true],
  ['node[!0-9]', 'node2', false],
  ['/usr/bin/node', '/usr/bin/node', true],
  ['/usr/bin/node', '/usr/local/bin/node', false],
  ['/usr/*/node', '/usr/local/bin/node', true],
  ['a+(b)|c', 'a+(b)|c', true],
  ['[', '[', true],
])('%j against %j: %j', (name, executed, expected) => {
  expect(matches(name, executed)).toBe(expected);
});
