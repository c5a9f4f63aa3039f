/** The time of day, renewed so that "14 hours ago" stays true; make it while a component begins. */
export class Ticking {
  #now = $state(Date.now());

  /** @param every milliseconds between two looks at the clock */
  constructor(every = 20_000) {
    $effect(() => {
      const timer = setInterval(() => (this.#now = Date.now()), every);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since 1970 UTC. */
  get now(): number {
    return this.#now;
  }
}
