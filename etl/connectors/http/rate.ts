/** Keeps requests apart so that no more than some number goes out in a minute. */
export interface Rate {
  /** Waits until the next request may go out. */
  take(): Promise<void>;
}

/** @param perMinute null for no limit; @param wait waits for milliseconds */
export function createRate(perMinute: number | null, wait: (milliseconds: number) => Promise<void>): Rate {
  let last: number | null = null;
  return {
    async take() {
      if (perMinute === null) return;
      const gap = last === null ? 0 : last + 60_000 / perMinute - performance.now();
      if (gap > 0) await wait(Math.ceil(gap));
      last = performance.now();
    },
  };
}
