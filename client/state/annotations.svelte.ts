import { concerning, type Numbered } from '../../queries/model/chart-annotations.ts';
import type { Annotation, NoteBody } from '../../queries/model/lists.ts';
import type { DimensionName } from '../../queries/model/dimensions.ts';
import type { Window } from '../../queries/model/wire.ts';
import { api } from '../api.ts';
import { annotationsApi } from '../explore-api.ts';
import { failureOf } from '../transport.ts';
import { Latest } from './latest.svelte.ts';
import { viewState } from './view.svelte.ts';

/** What stands beside the time axis of every trend on the screen. */
class Annotations {
  #answer = new Latest<Annotation[]>();
  #window: Window | null = null;
  #shown = $derived(concerning(this.#answer.value ?? [], viewState.view.where));

  /** Those that concern what the screen looks at, with their numbers. */
  get shown(): Numbered[] {
    return this.#shown;
  }

  /** Why there are none to be seen, where they could not be fetched. */
  get problem(): string | null {
    const { state } = this.#answer;
    return state.status === 'failed' ? state.message : null;
  }

  /** Asks for those of a period, once for each. */
  look(window: Window): void {
    if (this.#window?.from === window.from && this.#window.to === window.to) return;
    this.#window = window;
    void this.#ask();
  }

  /** Each of these changes what is shown. @returns why it could not be done, or null */
  save(id: number | null, body: NoteBody): Promise<string | null> {
    return this.#after(id === null ? annotationsApi.write(body) : annotationsApi.change(id, body));
  }

  remove(id: number): Promise<string | null> {
    return this.#after(annotationsApi.remove(id));
  }

  /** Labels a note may be about, most frequent first. */
  async labels(dimension: DimensionName, like: string): Promise<string[]> {
    const { labels } = await api.labels({ dimension, like });
    return labels.map((label) => label.name);
  }

  async #after(done: Promise<unknown>): Promise<string | null> {
    try {
      await done;
    } catch (error) {
      return failureOf(error).message;
    }
    await this.#ask();
    return null;
  }

  async #ask(): Promise<void> {
    const window = this.#window;
    if (window) await this.#answer.ask(async (signal) => (await annotationsApi.list(window, signal)).annotations);
  }
}

export const annotations = new Annotations();
