// SPDX-License-Identifier: MIT
import { flowPage } from './flow-page';
import type { Size, View } from './frame';
import { helpPage } from './help-page';
import { selectedProcess, type State } from './model';
import { processPage } from './process-page';

/** The whole screen: as many lines as it has, none wider than it is. */
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
