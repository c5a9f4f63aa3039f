import type { Query } from '../../queries/model/query.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { comparable } from '../comparable.ts';
import { ApiFailed, failureOf, isOfAddress } from '../transport.ts';
import { Latest, type Asked } from './latest.svelte.ts';
import { viewState } from './view.svelte.ts';

/** Asks the server. */
export type AskTables = (queries: Query[], signal: AbortSignal) => Promise<TableJson[]>;

/** The tables a screen shows, asked for in one request and kept in the order of its queries. */
export class Tables {
  #answer = new Latest<TableJson[]>();
  #askServer: AskTables;

  constructor(askServer: AskTables) {
    this.#askServer = askServer;
  }

  get state(): Asked<TableJson[]> {
    return this.#answer.state;
  }

  /** The last answer, also while the next is under way. */
  get value(): TableJson[] | null {
    return this.#answer.value;
  }

  get isStale(): boolean {
    const { state } = this.#answer;
    return state.status === 'ready' && state.isStale;
  }

  /**
   * Asks anew.
   * @param earliest local date of the first case: nothing is compared with a time before it
   */
  ask(queries: Query[], earliest: string | null): void {
    void this.#answer.ask(async (signal) => {
      const tables = await this.#askServer(queries, signal).catch((error: unknown) => {
        viewState.noteFailure(error);
        throw error;
      });
      const shown = tables.map((table) => comparable(table, earliest));
      viewState.windows = shown[0]?.windows ?? null;
      return shown;
    });
  }

  /** What is known of one table. */
  stateOf(index: number): Asked<TableJson> {
    const { state } = this.#answer;
    if (state.status !== 'ready') return state;
    const table = state.value[index];
    return table
      ? { status: 'ready', value: table, isStale: state.isStale }
      : { status: 'failed', ...failureOf(new ApiFailed(0, [{ field: '', message: 'The server sent fewer tables than were asked for.' }])) };
  }

  /** What a headline says where there are no figures to tell of; empty while they are under way or there. */
  get instead(): string {
    const { state } = this.#answer;
    if (state.status === 'failed') return isOfAddress(state.code) ? 'This address has no answer.' : 'The figures could not be fetched.';
    return state.status === 'cancelled' ? 'The figures were not waited for.' : '';
  }

  /** Stops waiting for the answer. */
  cancel(): void {
    this.#answer.cancel();
  }
}
