import type { BaselineBody } from '../../queries/model/lists.ts';
import { baselinesApi } from '../explore-api.ts';
import { failureOf } from '../transport.ts';

/** Where people had typical ranges begin anew: figures are asked for again when that changes. */
class Baselines {
  #changes = $state(0);

  /** How often anything changed since the page was opened. */
  get changes(): number {
    return this.#changes;
  }

  /** Each of these changes how figures are judged. @returns why it could not be done, or null */
  set(body: BaselineBody): Promise<string | null> {
    return this.#after(baselinesApi.set(body));
  }

  takeBack(id: number): Promise<string | null> {
    return this.#after(baselinesApi.takeBack(id));
  }

  async #after(done: Promise<unknown>): Promise<string | null> {
    try {
      await done;
    } catch (error) {
      return failureOf(error).message;
    }
    this.#changes += 1;
    return null;
  }
}

export const baselines = new Baselines();
