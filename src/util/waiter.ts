// SPDX-License-Identifier: MIT

/** A pause of one loop that another part of the program can end early. */
export class Waiter {
  #wake: () => void = () => undefined;

  /** Resolves after this time, or as soon as `wake()` is called. */
  async wait(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the current pause. Does nothing between two pauses. */
  wake(): void {
    this.#wake();
  }
}
