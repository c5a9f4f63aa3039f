import type { LiveRun, LiveRuns as LiveRunsEvent, RunRow } from '../../queries/model/lists.ts';

/** How the runs come: as they happen, asked for every few seconds, or not at all. */
export type Connection = 'connecting' | 'live' | 'asking' | 'lost';

const askEvery = 3000;
const reopenAfter = 15_000;

/**
 * Runs as they happen, by server-sent events; while those fail, by asking. Rests while nobody looks at the tab, so that many tabs do not
 * use up the connections a browser allows to one server.
 */
export class LiveRuns {
  #running = $state.raw<LiveRun[]>([]);
  #connection = $state<Connection>('connecting');
  #since = $state.raw<number | null>(null);
  #events: EventSource | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #openedAt = 0;
  readonly #ask: () => Promise<RunRow[]>;
  readonly #onended: () => void;

  /**
   * @param ask the newest runs, for when no events come
   * @param onended called when a run has ended, or may have ended unseen
   */
  constructor({ ask, onended }: { ask: () => Promise<RunRow[]>; onended: () => void }) {
    this.#ask = ask;
    this.#onended = onended;
  }

  /** What is under way, newest first. */
  get running(): LiveRun[] {
    return this.#running;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** When the last news came, milliseconds since 1970 UTC; null before the first. */
  get since(): number | null {
    return this.#since;
  }

  /** Begins to follow; call in an effect, whose end calls what this returns. */
  follow(): () => void {
    const onvisibility = (): void => (document.hidden ? this.#rest() : this.#open());
    document.addEventListener('visibilitychange', onvisibility);
    this.#open();
    return () => {
      document.removeEventListener('visibilitychange', onvisibility);
      this.#rest();
    };
  }

  #open(): void {
    this.#events?.close();
    const events = new EventSource('/api/runs/live');
    this.#events = events;
    this.#openedAt = Date.now();
    events.addEventListener('open', () => {
      const wasDeaf = this.#connection !== 'live';
      this.#connection = 'live';
      this.#stopAsking();
      this.#note();
      // What ended meanwhile, also between the list and the first event, was told to nobody.
      if (wasDeaf) this.#onended();
    });
    events.addEventListener('runs', (event: MessageEvent<string>) => this.#take((JSON.parse(event.data) as LiveRunsEvent).runs));
    events.addEventListener('error', () => {
      if (this.#connection !== 'lost') this.#connection = 'asking';
      this.#startAsking();
    });
  }

  #rest(): void {
    this.#events?.close();
    this.#events = null;
    this.#stopAsking();
  }

  #startAsking(): void {
    if (this.#timer !== undefined) return;
    void this.#askOnce();
    this.#timer = setInterval(() => void this.#askOnce(), askEvery);
  }

  #stopAsking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #askOnce(): Promise<void> {
    // A browser gives up on an answer that is no stream of events; a proxy may have sent it for a moment only.
    if (this.#events?.readyState === EventSource.CLOSED && Date.now() - this.#openedAt > reopenAfter) return this.#open();
    try {
      const runs = await this.#ask();
      if (this.#timer === undefined) return;
      this.#connection = 'asking';
      this.#take(runs.map((run) => ({ ...run, total: null, total_unit: null, rows_per_second: null, seconds_left: null })));
    } catch {
      // Told by the state; asked again in a few seconds.
      if (this.#timer !== undefined) this.#connection = 'lost';
    }
  }

  #take(runs: LiveRun[]): void {
    const before = this.#running;
    this.#running = runs.filter((run) => run.state === 'running').sort((a, b) => b.run_id - a.run_id);
    this.#note();
    const hasEnded = before.some((old) => !this.#running.some((run) => run.run_id === old.run_id));
    if (hasEnded || (this.#connection === 'live' && runs.some((run) => run.state !== 'running'))) this.#onended();
  }

  #note(): void {
    this.#since = Date.now();
  }
}
