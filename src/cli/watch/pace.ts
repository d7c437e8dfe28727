// SPDX-License-Identifier: MIT

/** The times of the readings: whole intervals from the start, or at once after hurry(), until end(). */
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

  /** Waits for the time of the next reading. False: there is none. */
  async due(): Promise<boolean> {
    const now = performance.now();
    // Readings that are late are skipped.
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
