interface Entry<T> {
  version: number;
  value: T;
  size: number;
}

/**
 * What has been worked out of the facts, until they change: several people look at the same charts, and one at several with the same filter. What was asked
 * for the longest time ago goes first.
 */
export class Remembered<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #most: number;
  #size = 0;

  /** @param most the sizes of all together, in the unit they are told in */
  constructor(most: number) {
    this.#most = most;
  }

  /** What is known of facts of a version; undefined for nothing. */
  find(key: string, version: number): T | undefined {
    const entry = this.#entries.get(key);
    if (entry?.version !== version) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  keep(key: string, version: number, value: T, size: number): void {
    this.#forget(key);
    this.#entries.set(key, { version, value, size: 0 });
    this.grow(key, size);
  }

  /** Says that what is kept has become larger. */
  grow(key: string, size: number): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.size += size;
    this.#size += size;
    for (const other of this.#entries.keys()) {
      if (this.#size <= this.#most) return;
      this.#forget(other);
    }
  }

  #forget(key: string): void {
    this.#size -= this.#entries.get(key)?.size ?? 0;
    this.#entries.delete(key);
  }
}
