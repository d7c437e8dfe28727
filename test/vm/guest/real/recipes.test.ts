// SPDX-License-Identifier: MIT
/** The recipes of docs/recipes.md that want a browser. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertMirrored, recipe, succeeded } from '../lib/recipe';
import { countingServer } from '../lib/server';

recipe(
  'browser',
  'with the server of the page it moved what that says',
  async ({ cwd, start, assertShown }) => {
    const page = `<title>loaded</title><p>${'x'.repeat(200_000)}</p><img src="/image"><script src="/script"></script>`;
    const server = await countingServer(
      (request, response) => {
        response.end(request.url === '/' ? page : ' '.repeat(50_000));
      },
      { port: 8080 },
    );
    const { stderr } = await succeeded(start());
    assert.match(readFileSync(join(cwd, 'page.html'), 'utf8'), /<title>loaded<\/title>/);
    const row = /^ *127\.0\.0\.1 +loopback +\d+ +(\d+) +\d+ +(\d+) +\d+$/m.exec(stderr);
    assert.ok(row, stderr);
    const [, received = '', sent = ''] = row;
    assertMirrored({ received: BigInt(received), sent: BigInt(sent) }, server.moved(), 'the server');
    assertShown(stderr);
  },
  600,
);
