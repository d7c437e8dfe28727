// SPDX-License-Identifier: MIT
/** Runs in the guest. Measures what the cost may grow with, and what is paid once. Usage: `sizes.js FILE`. */
import { events } from './events';
import { fixed } from './fixed';
import { growth } from './growth';
import { runAs } from './guest';

runAs(async () => ({ sizes: [...(await growth()), ...(await events()), ...(await fixed())] }));
