// SPDX-License-Identifier: MIT
import { charactersOf } from '../format/fit';
import { flowRows } from './flow-rows';
import { cursorIn, rows, selectedProcess, shown, type State } from './model';
import { ORDERS } from './rows';

/** One key: a name such as `up`, `return`, `f1` or `ctrl-c`, or the character that was typed. */
export type Key = string;

/** The state after a key; null: the view ends. `page` is the number of lines of a page. */
export function press(state: State, key: Key, page: number): State | null {
  if (key === 'ctrl-c') return null;
  if (state.typing) return type(state, key);
  if (key === 'q' || key === 'f10') return null;
  if (key === 'space') return { ...state, frozen: state.frozen ? null : shown(state) };
  switch (state.page) {
    case 'help':
      return { ...state, page: 'processes' };
    case 'flows':
      return pressInFlows(state, key, page) ?? pressAnywhere(state, key) ?? state;
    case 'processes':
      return pressInProcesses(state, key, page) ?? pressAnywhere(state, key) ?? state;
  }
}

/** How many lines a key moves down; negative: up. */
function stepOf(key: Key, page: number): number | null {
  switch (key) {
    case 'up':
    case 'k':
      return -1;
    case 'down':
    case 'j':
      return 1;
    case 'pageup':
    case 'ctrl-b':
      return -page;
    case 'pagedown':
    case 'ctrl-f':
      return page;
    case 'home':
    case 'g':
      return -Infinity;
    case 'end':
    case 'G':
      return Infinity;
    default:
      return null;
  }
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

function pressInProcesses(state: State, key: Key, page: number): State | null {
  const step = stepOf(key, page);
  if (step !== null) {
    const list = rows(state);
    const target = list[clamp(cursorIn(list, state) + step, list.length - 1)];
    return { ...state, selected: target?.process.id ?? null };
  }
  switch (key) {
    case '/':
    case 'f3':
    case 'f4':
      return { ...state, typing: true };
    case 'escape':
      return { ...state, filter: '' };
    case 'e':
      return { ...state, ended: !state.ended };
    case 'return':
    case 'right':
    case 'l': {
      const process = selectedProcess(state);
      return process && { ...state, page: 'flows', selected: process.id, flowOffset: 0 };
    }
    default:
      return null;
  }
}

function pressInFlows(state: State, key: Key, page: number): State | null {
  const step = stepOf(key, page);
  if (step !== null) {
    const process = selectedProcess(state);
    const last = ((process && flowRows(state, process))?.length ?? 0) - page;
    return { ...state, flowOffset: clamp(state.flowOffset + step, Math.max(0, last)) };
  }
  return ['escape', 'return', 'backspace', 'left', 'h'].includes(key) ? { ...state, page: 'processes' } : null;
}

function pressAnywhere(state: State, key: Key): State | null {
  switch (key) {
    case 's':
    case '>':
    case 'f6':
      return orderBy(state, 1);
    case '<':
      return orderBy(state, -1);
    case 'i':
      return { ...state, reversed: !state.reversed };
    case '?':
    case 'f1':
      return { ...state, page: 'help' };
    default:
      return null;
  }
}

function orderBy(state: State, step: number): State {
  const next = (ORDERS.indexOf(state.order) + step + ORDERS.length) % ORDERS.length;
  return { ...state, order: ORDERS[next] ?? state.order, reversed: false };
}

function type(state: State, key: Key): State {
  switch (key) {
    case 'return':
      return { ...state, typing: false };
    case 'escape':
      return { ...state, typing: false, filter: '' };
    case 'backspace':
      return { ...state, filter: charactersOf(state.filter).slice(0, -1).join('') };
    case 'ctrl-u':
      return { ...state, filter: '' };
    case 'space':
      return { ...state, filter: `${state.filter} ` };
    default:
      // The name of a key has several characters, and is not text.
      return charactersOf(key).length === 1 ? { ...state, filter: state.filter + key } : state;
  }
}
