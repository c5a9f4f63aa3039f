/** What a form holds, by name of its control. */
export type DraftValues = Record<string, string>;

interface KeptDraft {
  key: string;
  user: string;
  values: DraftValues;
  /** Milliseconds since 1970 UTC. */
  saved_at: number;
}

const prefix = 'silverlining.draft.';

/**
 * A form being filled in, kept in this browser until {@link Draft.drop}. Kept in IndexedDB and not in localStorage, because Chromium writes
 * localStorage to disk up to five seconds late: a killed browser would lose the last sentence.
 */
export class Draft {
  /** Made once by this browser, so that sending twice cannot make two cases. */
  readonly key: string;
  readonly wasRestored: boolean;
  values = $state<DraftValues>({});
  /** False where the browser refuses to keep anything, for example in a private window. */
  isKept = $state(true);
  readonly #user: string;
  #release: () => void;
  #isDropped = false;

  constructor(kept: { key: string; user: string; values: DraftValues }, wasRestored: boolean, release: () => void) {
    this.key = kept.key;
    this.#user = kept.user;
    this.values = kept.values;
    this.wasRestored = wasRestored;
    this.#release = release;
  }

  /** Keeps the values as they are now. */
  async keep(): Promise<void> {
    if (this.#isDropped) return;
    const kept: KeptDraft = { key: this.key, user: this.#user, values: $state.snapshot(this.values), saved_at: Date.now() };
    try {
      await inStore('readwrite', (store) => store.put(kept));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }

  /** Forgets the draft: it was confirmed, or is not wanted. */
  async drop(): Promise<void> {
    this.#isDropped = true;
    // Where nothing can be kept, nothing needs forgetting.
    await inStore('readwrite', (store) => store.delete(this.key)).catch(() => undefined);
    this.#release();
  }

  /** Leaves the draft for later, here or in another tab. */
  close(): void {
    this.#release();
  }
}

/**
 * Takes up the latest draft of `user` that no other tab is filling in, or begins a new one.
 * @param blank the values of a new form
 */
export async function openDraft({ user, blank }: { user: string; blank: DraftValues }): Promise<Draft> {
  const all = await inStore<KeptDraft[]>('readonly', (store) => store.getAll() as IDBRequest<KeptDraft[]>).catch(() => []);
  for (const kept of all.filter((d) => d.user === user).sort((a, b) => b.saved_at - a.saved_at)) {
    const release = await claim(kept.key);
    if (release) return new Draft({ ...kept, values: { ...blank, ...kept.values } }, true, release);
  }
  return newDraft({ user, blank });
}

/** Begins a new draft, whatever was kept before. */
export async function newDraft({ user, blank }: { user: string; blank: DraftValues }): Promise<Draft> {
  const key = newKey();
  return new Draft({ key, user, values: { ...blank } }, false, (await claim(key)) ?? (() => undefined));
}

/**
 * Marks a draft as open in this tab; the browser frees the mark when the tab goes, however it goes.
 * @returns what frees it, or null when another tab has it
 */
function claim(key: string): Promise<(() => void) | null> {
  // Typed as always there, but browsers withhold it from pages served by plain http.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    const held = locks.request(prefix + key, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(() => resolve(null));
  });
}

/** A random UUID (version 4); `crypto.randomUUID` is withheld from pages served by plain http. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

let opening: Promise<IDBDatabase> | undefined;

function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('silverlining', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('draft', { keyPath: 'key' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('this browser keeps no drafts'));
  });
  return opening;
}

/** Runs one request in a transaction of its own, and settles when that is on disk. */
async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('draft', mode, { durability: 'strict' });
    const request = ask(transaction.objectStore('draft'));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('this browser keeps no drafts'));
  });
}
