import type { ReplayBody, RunRow } from '../../queries/model/lists.ts';
import { dataApi } from '../data-api.ts';
import { failureOf } from '../transport.ts';
import { corrections } from './corrections.svelte.ts';

/** Where a replay stands. */
export type ReplayState =
  | { status: 'idle' }
  | { status: 'sending' }
  | { status: 'running'; rows: number }
  | { status: 'done'; rows: number; run: RunRow }
  | { status: 'failed'; message: string };

const lookEvery = 400;

/** Replays rejected rows, and follows the run that does it to its end. */
export class Replay {
  #state = $state.raw<ReplayState>({ status: 'idle' });

  get state(): ReplayState {
    return this.#state;
  }

  get isBusy(): boolean {
    return this.#state.status === 'sending' || this.#state.status === 'running';
  }

  /** Replays `body`; resolves when its run has ended or could not be begun. Corrections that were sent are forgotten when it ended well. */
  async start(body: ReplayBody): Promise<void> {
    if (this.isBusy) return;
    this.#state = { status: 'sending' };
    try {
      const { run_id, rows } = await dataApi.replay(body);
      this.#state = { status: 'running', rows };
      const run = await ended(run_id);
      if (run.state === 'failed') {
        this.#state = { status: 'failed', message: run.message ?? 'The run that replays them failed without saying why.' };
        return;
      }
      if ('rows' in body) corrections.drop(body.rows.map((row) => row.reject_id));
      this.#state = { status: 'done', rows, run };
    } catch (error) {
      this.#state = { status: 'failed', message: failureOf(error).message };
    }
  }

  /** Says nothing any more about the last replay. */
  forget(): void {
    if (!this.isBusy) this.#state = { status: 'idle' };
  }
}

/** The run when it has ended; it is among the newest, since it has just begun. */
async function ended(id: number): Promise<RunRow> {
  for (;;) {
    const { rows } = await dataApi.runs({});
    const run = rows.find((one) => one.run_id === id);
    if (run && run.state !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
}
