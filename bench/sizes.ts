// SPDX-License-Identifier: MIT
/** In the guest: what costs may grow with, and what is paid once. `sizes.js FILE`. */
import { events } from './events';
import { fixed } from './fixed';
import { growth } from './growth';
import { runAs } from './guest';

runAs(async () => ({ sizes: [...(await growth()), ...(await events()), ...(await fixed())] }));
