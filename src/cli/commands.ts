// SPDX-License-Identifier: MIT
import type { Command } from './command';
import { build } from './commands/build';
import { completionOf } from './commands/completion';
import { doctor } from './commands/doctor';
import { events } from './commands/events';
import { load } from './commands/load';
import { run } from './commands/run';
import { show } from './commands/show';
import { status } from './commands/status';
import { unload } from './commands/unload';
import { watch } from './commands/watch';

const OTHERS: readonly Command[] = [load, unload, status, show, watch, events, run, doctor, build];

/** All there are: the parser, completion and the manual are made from this table. */
export const COMMANDS: readonly Command[] = [...OTHERS, completionOf(OTHERS)];
