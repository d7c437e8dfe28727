// SPDX-License-Identifier: MIT

/** When the next reading is due: at whole intervals from the beginning, sooner when hurried, never after the end. */
export class Pace {
  readonly #interval: number;
  #next: number;
  #ended = false;
  #hurried = false;
  #wake: () => void = () => undefined;

  /** `interval` is in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
    this.#next = performance.now();
  }

  /** False: it is over. */
  async due(): Promise<boolean> {
    const now = performance.now();
    // What is late is skipped, and not made up for.
    while (this.#next <= now) this.#next += this.#interval;
    if (!this.#ended && !this.#hurried) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#next - now);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hurried = false;
    return !this.#ended;
  }

  hurry(): void {
    this.#hurried = true;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }
}
