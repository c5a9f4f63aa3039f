import { concerning, describeAnnotation, type Numbered } from '../../queries/model/chart-annotations.ts';
import type { Annotation, NoteBody, SeenNote } from '../../queries/model/lists.ts';
import type { DimensionName } from '../../queries/model/dimensions.ts';
import type { Window } from '../../queries/model/wire.ts';
import { api } from '../api.ts';
import { annotationsApi } from '../explore-api.ts';
import { overtakenWords } from '../overtaken-words.ts';
import { currentOf, failureOf } from '../transport.ts';
import { Latest } from './latest.svelte.ts';
import { session } from './session.svelte.ts';
import { viewState } from './view.svelte.ts';

/** Why a note could not be changed, and the note as it is where somebody else changed it meanwhile. */
export interface NoteRefused {
  message: string;
  current: Annotation['note'];
}

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
  save(seen: SeenNote | null, body: NoteBody): Promise<NoteRefused | null> {
    return this.#after(seen ? annotationsApi.change(seen, body) : annotationsApi.write(body));
  }

  remove(seen: SeenNote): Promise<NoteRefused | null> {
    return this.#after(annotationsApi.remove(seen));
  }

  /** Labels a note may be about, most frequent first. */
  async labels(dimension: DimensionName, like: string): Promise<string[]> {
    const { labels } = await api.labels({ dimension, like });
    return labels.map((label) => label.name);
  }

  async #after(done: Promise<unknown>): Promise<NoteRefused | null> {
    try {
      await done;
    } catch (error) {
      const current = currentOf<Annotation>(error);
      if (!current?.note) {
        const { message, code } = failureOf(error);
        // Who deletes what is gone already sees a list that is out of date.
        if (code === 404) await this.#ask();
        return { message, current: null };
      }
      await this.#ask();
      return { message: overtaken(current, current.note), current: current.note };
    }
    await this.#ask();
    return null;
  }

  async #ask(): Promise<void> {
    const window = this.#window;
    if (window) await this.#answer.ask(async (signal) => (await annotationsApi.list(window, signal)).annotations);
  }
}

function overtaken(current: Annotation, note: NonNullable<Annotation['note']>): string {
  const changed = { by: note.changed_by ?? note.written_by, at: note.changed_at ?? note.written_at };
  return overtakenWords(`“${describeAnnotation(current)}”`, changed, session.meta?.organisation.zone ?? 'UTC');
}

export const annotations = new Annotations();
