// SPDX-License-Identifier: MIT
import type { OpenTerminal } from '../terminal/terminal';
import { flowPage } from './flow-page';
import { listHeight, type Size, type View } from './frame';
import { helpPage } from './help-page';
import { press } from './keys';
import { advance, begin, selectedProcess, type State } from './model';
import type { Pace } from './pace';
import type { Moment } from './rates';
import { firstReading, nextReading } from './reading';
import { processPage } from './process-page';

export interface LiveOptions extends View {
  readonly open: OpenTerminal;
  readonly take: (flows: boolean) => Promise<Moment>;
  readonly pace: Pace;
}

/** The whole screen, as many lines as it has rows. No line is wider than the screen. */
export function render(state: State, size: Size, view: View): string[] {
  switch (state.page) {
    case 'processes':
      return processPage(state, size, view);
    case 'flows': {
      const process = selectedProcess(state);
      return process ? flowPage(state, process, size, view) : processPage(state, size, view);
    }
    case 'help':
      return helpPage(state, size, view);
  }
}

/** The view on the terminal, from a first moment until the pace or a key ends it. */
export async function live(first: Moment, { open, take, pace, ...view }: LiveOptions): Promise<void> {
  let state = begin(firstReading(first, view.who));
  const draw = (): void => {
    terminal.draw(render(state, terminal.size(), view));
  };
  const onKey = (key: string): void => {
    const next = press(state, key, listHeight(terminal.size()));
    if (next === null) {
      pace.end();
      return;
    }
    // Flows are read only while they are on the screen.
    if (next.page === 'flows' && state.page !== 'flows') pace.hurry();
    state = next;
    draw();
  };
  const terminal = open({ onKey, onLost: draw });
  try {
    draw();
    for (let before = first; await pace.due();) {
      const moment = await take(state.page === 'flows');
      state = advance(state, nextReading(before, moment, view.who));
      before = moment;
      draw();
    }
  } finally {
    terminal.close();
  }
}
