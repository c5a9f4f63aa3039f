/** Lets several owners use something in fair turns: at most so many at once, at most so many of one owner, and those that wait in rotation by owner. */
export interface Turns {
  /**
   * Waits for a turn of `owner`.
   * @param signal gives the place in the queue up
   * @returns what ends the turn; to be called once
   * @throws TooManyWaiting when so many of the owner wait already, the signal's reason when it is given up
   */
  enter: (owner: unknown, signal?: AbortSignal) => Promise<() => void>;
}

export interface TurnLimits {
  /** Turns at once. */
  width: number;
  /** Turns of one owner at once. */
  perOwner: number;
  /** How many of one owner may wait; default any number. */
  mostWaiting?: number;
}

/** An owner has as many waiting as it may have. */
export class TooManyWaiting extends Error {
  constructor() {
    super('too many wait for their turn');
    this.name = 'TooManyWaiting';
  }
}

/** Makes turns that nobody has taken yet. */
export function createTurns({ width, perOwner, mostWaiting = Infinity }: TurnLimits): Turns {
  const running = new Map<unknown, number>();
  /** By owner, whoever is next first. */
  const waiting = new Map<unknown, (() => void)[]>();
  let free = width;

  const isFull = (owner: unknown) => free === 0 || (running.get(owner) ?? 0) >= perOwner;
  const begin = (owner: unknown): void => {
    free -= 1;
    running.set(owner, (running.get(owner) ?? 0) + 1);
  };
  const end = (owner: unknown): void => {
    free += 1;
    const left = (running.get(owner) ?? 1) - 1;
    if (left > 0) running.set(owner, left);
    else running.delete(owner);
    serve();
  };

  function serve(): void {
    // An owner that is put back at the end is come to again.
    for (const [owner, queue] of waiting) {
      if (free === 0) return;
      if (isFull(owner)) continue;
      const next = queue.shift();
      waiting.delete(owner);
      if (queue.length) waiting.set(owner, queue);
      next?.();
    }
  }

  function wait(owner: unknown, signal: AbortSignal | undefined): Promise<void> {
    const queue = waiting.get(owner) ?? [];
    if (queue.length >= mostWaiting) throw new TooManyWaiting();
    return new Promise((resolve, reject) => {
      const takeTurn = (): void => {
        signal?.removeEventListener('abort', giveUp);
        begin(owner);
        resolve();
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(takeTurn), 1);
        if (queue.length === 0) waiting.delete(owner);
        reject(signal?.reason as Error); // an AbortController's reason unless told otherwise
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      queue.push(takeTurn);
      waiting.set(owner, queue);
    });
  }

  return {
    async enter(owner, signal) {
      signal?.throwIfAborted();
      if (isFull(owner)) await wait(owner, signal);
      else begin(owner);
      return () => end(owner);
    },
  };
}
