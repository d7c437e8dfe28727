#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { main } from './main';

void main();
