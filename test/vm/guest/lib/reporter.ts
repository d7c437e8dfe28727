// SPDX-License-Identifier: MIT
/** A line a test, as soon as it has ended; what went wrong under those that failed. */
import type { TestEvent } from 'node:test/reporters';

function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return text
    .split('\n')
    .filter((line) => !line.includes('node:internal'))
    .map((line) => `    ${line}\n`)
    .join('');
}

async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, details } = event.data;
    const seconds = (details.duration_ms / 1000).toFixed(1);
    if (event.type === 'test:pass') {
      yield `ok - ${name} (${seconds} s)\n`;
    } else {
      yield `not ok - ${name} (${seconds} s)\n${explain(event.data.details.error)}`;
    }
  }
}

// Node takes what a CommonJS reporter exports for the reporter itself.
export = report;
