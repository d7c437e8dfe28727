// SPDX-License-Identifier: MIT
//
// Writes the generated blocks of docs/cli.md and docs/api.md: the text between `<!-- generated: WHAT -->` and
// `<!-- end -->`. The rest of both pages is written by hand.
//
//   node scripts/write-docs.mjs           rewrites the pages
//   node scripts/write-docs.mjs --check   exits with 1 if a page is not what this script would write
import { readFileSync, writeFileSync } from 'node:fs';
import { apiBlocks } from './docs/api.mjs';
import { commandBlocks } from './docs/commands.mjs';
import { fill } from './docs/page.mjs';

const PAGES = { 'docs/cli.md': commandBlocks, 'docs/api.md': apiBlocks };

const check = process.argv.includes('--check');
for (const [page, blocksOf] of Object.entries(PAGES)) {
  const url = new URL(`../${page}`, import.meta.url);
  const before = readFileSync(url, 'utf8');
  const { text, unused } = fill(page, before, await blocksOf());
  if (unused.length > 0) {
    console.error(`${page} has no block for: ${unused.join(', ')}`);
    process.exitCode = 1;
  }
  if (text === before) continue;
  if (check) {
    console.error(`${page} is stale. To write it again: npm run build:docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(url, text);
    console.log(`written: ${page}`);
  }
}
