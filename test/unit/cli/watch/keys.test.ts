// SPDX-License-Identifier: MIT
import { press } from '../../../../src/cli/watch/keys';
import { advance, rows, selectedProcess, shown, type State } from '../../../../src/cli/watch/model';
import { nextReading } from '../../../../src/cli/watch/reading';
import { aProcess, ended, tcp } from '../../support/rows';
import { aFlow, after, aSnapshotOf, flowsOf, moment, stateOf } from './support';

const shell = aProcess({ id: 1n, comm: 'sh', exe: '/bin/sh', traffic: tcp(1n) });
const busy = aProcess({ id: 2n, parentId: 1n, comm: 'curl', exe: '/bin/curl', traffic: tcp(50n, 0n) });
const idle = aProcess({ id: 3n, comm: 'nginx', exe: '/sbin/nginx', traffic: tcp(30n, 0n) });
const gone = ended(aProcess({ id: 4n, comm: 'awk', exe: '/bin/awk', traffic: tcp(0n, 40n) }), 1n);
const snapshot = aSnapshotOf([shell, busy, idle, gone]);

const state = after(stateOf(aSnapshotOf([shell, { ...busy, traffic: tcp(10n, 0n) }, idle, gone]), snapshot), 'e');
const listed = (of: State): string[] => rows(of).map(({ process }) => process.comm ?? '');

test('the busiest tree comes first', () => {
  expect(listed(state)).toEqual(['sh', 'curl', 'nginx', 'awk']);
});

test('s selects the next order, < the one before, i reverses it', () => {
  const orders: [string, string[]][] = [
    ['total', ['sh', 'curl', 'awk', 'nginx']],
    ['received', ['sh', 'curl', 'nginx', 'awk']],
    ['sent', ['awk', 'sh', 'curl', 'nginx']],
    ['pid', ['sh', 'curl', 'nginx', 'awk']],
    ['name', ['awk', 'nginx', 'sh', 'curl']],
    ['rate', ['sh', 'curl', 'nginx', 'awk']],
  ];
  let now = state;
  for (const [order, wanted] of orders) {
    now = after(now, 's');
    expect([now.order, listed(now)]).toEqual([order, wanted]);
  }
  expect(after(state, '<').order).toBe('name');
  expect(after(state, '>', '>', '<').order).toBe('total');
  expect(listed(after(state, '<', 'i'))).toEqual(['sh', 'curl', 'nginx', 'awk']);
});

test('arrows and jk select a process, which stays selected when the order changes', () => {
  const chosen = (of: State): string | null | undefined => selectedProcess(of)?.comm;
  expect(chosen(state)).toBe('sh');
  expect(chosen(after(state, 'down', 'j', 'k'))).toBe('curl');
  expect(chosen(after(state, 'G'))).toBe('awk');
  expect(chosen(after(state, 'G', 'down'))).toBe('awk');
  expect(chosen(after(state, 'pagedown'))).toBe('awk');
  expect(chosen(after(state, 'G', 'home', 'up'))).toBe('sh');
  expect(chosen(after(state, 'j', '<'))).toBe('curl');
  const withoutIt = aSnapshotOf([shell, idle]);
  const later = advance(after(state, 'j'), nextReading(moment(1, snapshot), moment(2, withoutIt), []));
  expect(chosen(later)).toBe('sh');
});

test('a filter matches name, path or PID while it is typed', () => {
  expect(listed(after(state, '/', 'N', 'G'))).toEqual(['nginx']);
  expect(listed(after(state, '/', 'b', 'i', 'n', '/', 'c'))).toEqual(['curl']);
  expect(listed(after(state, '/', '1', '0', '0', '3'))).toEqual(['nginx']);
  expect(listed(after(state, '/', 'c', 'u', 'backspace', 'backspace', 'return'))).toHaveLength(4);
  expect(after(state, '/', '日', 'space', 'x', 'up', 'f5').filter).toBe('日 x');
  expect(after(state, '/', 'x', 'ctrl-u').filter).toBe('');
});

test('letters are text while a filter is typed; Enter keeps the filter, Esc clears it', () => {
  expect(after(state, '/', 'q', 's')).toMatchObject({ filter: 'qs', typing: true, order: 'rate' });
  expect(after(state, '/', 'c', 'return')).toMatchObject({ filter: 'c', typing: false });
  expect(after(state, '/', 'c', 'escape')).toMatchObject({ filter: '', typing: false });
  expect(after(state, '/', 'c', 'return', 'escape').filter).toBe('');
});

test('lists ended processes while they have a rate, and all of them after e', () => {
  expect(listed(after(state, 'e'))).toEqual(['sh', 'curl', 'nginx']);
  expect(listed(after(state, 'e', 'e'))).toHaveLength(4);
  const justEnded = stateOf(aSnapshotOf([shell, busy]), aSnapshotOf([shell, ended(busy, 1n, tcp(60n, 0n))]));
  expect(listed(justEnded)).toEqual(['sh', 'curl']);
});

test('among equals, running processes come first, then the newest ended ones', () => {
  const children = Array.from({ length: 4 }, (_, n) =>
    aProcess({ id: BigInt(n + 2), parentId: 1n, comm: `child${n}`, ...(n < 3 && { state: 'exited' }) }),
  );
  const of = after(stateOf(aSnapshotOf([shell, ...children])), 'e');
  expect(listed(of)).toEqual(['sh', 'child3', 'child2', 'child1', 'child0']);
});

test('pause freezes the screen; resuming shows what happened meanwhile', () => {
  const paused = after(state, 'space');
  const quick = aSnapshotOf([shell, busy, { ...idle, traffic: tcp(5030n, 0n) }, gone]);
  const later = advance(paused, nextReading(moment(1, snapshot), moment(2, quick), []));
  expect(shown(later)).toBe(shown(paused));
  expect(listed(later)).toEqual(listed(state));
  const resumed = after(later, 'space');
  expect(listed(resumed)[0]).toBe('nginx');
  expect(shown(resumed).history.total).toEqual([40n, 5000n]);
  expect(shown(resumed).history.processes.get(3n)).toEqual([0n, 5000n]);
});

test('drops the history of a process that is no longer listed', () => {
  const later = advance(state, nextReading(moment(1, snapshot), moment(2, aSnapshotOf([shell])), []));
  expect([...shown(later).history.processes.keys()]).toEqual([1n]);
});

test('Enter shows the flows of the selected process, which scroll; Esc goes back', () => {
  const flows = [flowsOf(busy, ...Array.from({ length: 40 }, (_, n) => aFlow(1000 + n, BigInt(n))))];
  const withFlows = stateOf(snapshot, { ...snapshot, flows });
  const inside = after(withFlows, 'j', 'return');
  expect([inside.page, inside.selected]).toEqual(['flows', 2n]);
  expect(after(inside, 'down', 'down').flowOffset).toBe(2);
  expect(after(inside, 'end').flowOffset).toBe(40 - 17);
  expect(after(inside, 'end', 'home').flowOffset).toBe(0);
  expect(after(inside, 's').order).toBe('total');
  expect(after(inside, 'escape').page).toBe('processes');
  expect(after(stateOf(aSnapshotOf([])), 'return').page).toBe('processes');
});

test('? shows the help, and any key leaves it', () => {
  expect(after(state, '?').page).toBe('help');
  expect(after(state, 'f1', 'x').page).toBe('processes');
});

test.each([['q'], ['f10'], ['ctrl-c']])('%s ends the view', (key) => {
  expect(press(state, key, 10)).toBeNull();
  expect(press(after(state, '?'), key, 10)).toBeNull();
});

test('Ctrl-C ends the view even while a filter is typed', () => {
  expect(press(after(state, '/'), 'ctrl-c', 10)).toBeNull();
});

test('keys without a meaning change nothing', () => {
  expect(after(state, 'f12', 'x', 'ctrl-x')).toEqual(state);
});
