import type { SavedView, SavedViewBody } from '../../queries/model/lists.ts';
import { savedViewsApi } from '../explore-api.ts';
import { failureOf } from '../transport.ts';
import { Latest, type Asked } from './latest.svelte.ts';

/** The views under a name: one's own, and those others share. */
class SavedViews {
  #answer = new Latest<SavedView[]>();

  get state(): Asked<SavedView[]> {
    return this.#answer.state;
  }

  get list(): SavedView[] {
    return this.#answer.value ?? [];
  }

  load(): Promise<void> {
    return this.#answer.ask(async (signal) => (await savedViewsApi.list(signal)).views);
  }

  /** Each of these changes the list. @returns why it could not be done, or null */
  save(body: SavedViewBody): Promise<string | null> {
    return this.#after(savedViewsApi.save(body));
  }

  change(id: number, body: Partial<SavedViewBody>): Promise<string | null> {
    return this.#after(savedViewsApi.change(id, body));
  }

  remove(id: number): Promise<string | null> {
    return this.#after(savedViewsApi.remove(id));
  }

  async #after(done: Promise<unknown>): Promise<string | null> {
    try {
      await done;
    } catch (error) {
      return failureOf(error).message;
    }
    await this.load();
    return null;
  }
}

export const savedViews = new SavedViews();
