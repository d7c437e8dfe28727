// SPDX-License-Identifier: MIT
import type { Command } from './command-line/command';
import { build } from './commands/build-command';
import { completionOf } from './commands/completion-command';
import { doctor } from './commands/doctor-command';
import { events } from './commands/events-command';
import { load } from './commands/load-command';
import { run } from './commands/run-command';
import { show } from './commands/show-command';
import { status } from './commands/status-command';
import { unload } from './commands/unload-command';
import { watch } from './commands/watch-command';

const OTHERS: readonly Command[] = [load, unload, status, show, watch, events, run, doctor, build];

/** All commands. The parser, the completion, the manual page and the option tables of the docs use this table. */
export const COMMANDS: readonly Command[] = [...OTHERS, completionOf(OTHERS)];
