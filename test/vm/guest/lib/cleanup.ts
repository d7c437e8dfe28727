// SPDX-License-Identifier: MIT
/** What a test leaves behind, taken away in the reverse order, whether it passed or not. */
const tasks: (() => Promise<void> | void)[] = [];

export function atEnd(task: () => Promise<void> | void): void {
  tasks.push(task);
}

/** Runs all of them, and then fails with the first failure. */
export async function cleanUp(): Promise<void> {
  let failure: unknown;
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    try {
      await task();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure as Error;
}
