import { failureOf } from '../transport.ts';

/** What is known of an answer. A ready one that is asked for anew stays, marked stale, until the next comes. */
export type Asked<T> =
  | { status: 'idle' }
  | { status: 'loading' }
  | { status: 'ready'; value: T; isStale: boolean }
  | { status: 'cancelled' }
  | { status: 'failed'; message: string; at: string; /** HTTP status; 0 where no answer came. */ code: number };

/** Asks, and keeps only the answer to the latest question: earlier ones are aborted and, if they come late, ignored. */
export class Latest<T> {
  #state = $state.raw<Asked<T>>({ status: 'idle' });
  #running: AbortController | null = null;

  get state(): Asked<T> {
    return this.#state;
  }

  /** The last answer, also while the next is under way. */
  get value(): T | null {
    return this.#state.status === 'ready' ? this.#state.value : null;
  }

  /** Asks anew. Never rejects: a failure becomes the state. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#state = this.#state.status === 'ready' ? { ...this.#state, isStale: true } : { status: 'loading' };
    try {
      const value = await question(running.signal);
      if (this.#running === running) this.#state = { status: 'ready', value, isStale: false };
    } catch (error) {
      if (this.#running !== running) return;
      this.#state = running.signal.aborted ? { status: 'cancelled' } : { status: 'failed', ...failureOf(error) };
    }
  }

  /** Stops waiting for the answer. */
  cancel(): void {
    this.#running?.abort();
  }
}
