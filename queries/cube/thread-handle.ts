import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { StatementRow } from '../sql/statements.ts';
import type { Chunk } from './chunk.ts';
import type { Facts } from './facts.ts';
import type { Bench, Done, Forget, Given, Had, Job, Wanted } from './job.ts';

/** A thread has ended, or could not do what it was asked to. */
export class ThreadLost extends Error {}

type Rows = StatementRow[][];

/** What it has been asked to do. */
interface Asked {
  id: number;
  facts: Facts;
  resolve: (rows: Rows | null) => void;
  reject: (error: Error) => void;
}

/** A thread as the one of the server sees it; the other side is thread.ts. It keeps the process alive while it has something to do. */
export class Thread {
  readonly #worker: Worker;
  readonly #columns: MessagePort;
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));
  readonly #log: (event: string, fields: { message: string }) => void;
  #given: Given | null = null;
  #asked: Asked | null = null;
  /** Why a column could not be had. */
  #unread: Error | null = null;
  #isLost = false;

  /** @throws Error when there may be no more threads */
  constructor(log: (event: string, fields: { message: string }) => void) {
    this.#log = log;
    const { port1, port2 } = new MessageChannel();
    const workerData: Bench = { columns: port2, answered: this.#answered };
    this.#worker = new Worker(new URL('thread.mjs', import.meta.url), { workerData, transferList: [port2], execArgv: [] });
    this.#columns = port1;
    port1.on('message', (wanted: Wanted) => void this.#answer(wanted));
    this.#worker.on('message', (done: Done) => this.#end(done));
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', () => this.#lose(new Error('it has ended')));
    this.#worker.unref();
    port1.unref();
  }

  get isIdle(): boolean {
    return !this.#isLost && this.#asked === null;
  }

  /**
   * Has it take part in a pass over facts.
   * @param given what it is to know of them
   * @returns the rows of each statement; null for more groups than there may be
   * @throws ThreadLost, or the error of a column that cannot be read
   */
  begin(facts: Facts, given: Given, job: Job): Promise<Rows | null> {
    if (this.#given !== given) this.#worker.postMessage(given);
    this.#given = given;
    this.#unread = null;
    this.#worker.postMessage(job);
    this.#worker.ref();
    return new Promise((resolve, reject) => (this.#asked = { id: job.id, facts, resolve, reject }));
  }

  /** Says that columns nobody asked for lately may go, or all facts. */
  forget(all: boolean): void {
    const message: Forget = { is: 'forget', all };
    if (!this.#isLost) this.#worker.postMessage(message);
    if (all) this.#given = null;
  }

  async close(): Promise<void> {
    this.#isLost = true;
    this.#columns.close();
    await this.#worker.terminate();
  }

  #end(done: Done): void {
    if (this.#asked?.id !== done.id) return;
    if ('failed' in done && !this.#unread) return this.#lose(new Error(done.failed)); // it would fail again
    const { resolve, reject } = this.#rest();
    if (this.#unread) reject(this.#unread);
    else resolve('rows' in done ? done.rows : null);
  }

  #lose({ message }: Error): void {
    if (!this.#isLost) this.#log('cube_thread_lost', { message });
    this.#isLost = true;
    this.#rest().reject(new ThreadLost(message));
  }

  /** What it was asked to do is over. */
  #rest(): Pick<Asked, 'resolve' | 'reject'> {
    const asked = this.#asked;
    this.#asked = null;
    this.#worker.unref();
    return asked ?? { resolve: () => undefined, reject: () => undefined };
  }

  /** Sends a column; it sleeps until then. */
  async #answer({ table, column }: Wanted): Promise<void> {
    let had: Had = null;
    try {
      had = await chunksOf(this.#asked?.facts.sharedChunks(table, column) ?? []);
    } catch (error) {
      this.#unread = error as Error; // an UnreadableSnapshot
    }
    this.#columns.postMessage(had);
    Atomics.store(this.#answered, 0, 1);
    Atomics.notify(this.#answered, 0);
  }
}

const mostMs = 8;

/** All chunks; others get their turn while they are read. */
async function chunksOf(chunks: Iterable<Chunk>): Promise<Chunk[]> {
  const all: Chunk[] = [];
  let since = performance.now();
  for (const chunk of chunks) {
    all.push(chunk);
    if (performance.now() - since < mostMs) continue;
    await turn();
    since = performance.now();
  }
  return all;
}
