const partitions = 64;
const firstSize = 64;

/** A set of texts with a small number each, for files of many millions of keys: about 17 bytes a key whatever their length. */
export interface SeenKeys {
  /** The number noted with a key, or 0. Two keys are taken for one about once in 10^16 pairs: confirm before refusing anything. */
  get(key: string): number;
  /** @param value whole number from 1 to 2^32 - 1 */
  set(key: string, value: number): void;
}

/** Open addressing over 52-bit hashes, in parts that grow one at a time so that growing never doubles the memory of the whole. */
export function createSeenKeys(): SeenKeys {
  const parts = Array.from({ length: partitions }, createPart);
  const partOf = (hash: number): Part => parts[hash % partitions] as Part; // the remainder is below the length
  return {
    get(key) {
      const hash = hash52(key);
      return partOf(hash).get(hash);
    },
    set(key, value) {
      const hash = hash52(key);
      partOf(hash).set(hash, value);
    },
  };
}

interface Part {
  get(hash: number): number;
  set(hash: number, value: number): void;
}

function createPart(): Part {
  let hashes = new Float64Array(firstSize);
  let values = new Uint32Array(firstSize);
  let used = 0;

  function slotOf(hash: number): number {
    let slot = Math.floor(hash / partitions) % hashes.length;
    while (hashes[slot] !== 0 && hashes[slot] !== hash) slot = slot + 1 === hashes.length ? 0 : slot + 1;
    return slot;
  }
  function grow(): void {
    const before = { hashes, values };
    const size = Math.ceil(hashes.length * 1.5);
    hashes = new Float64Array(size);
    values = new Uint32Array(size);
    before.hashes.forEach((hash, i) => {
      if (hash === 0) return;
      const slot = slotOf(hash);
      hashes[slot] = hash;
      values[slot] = before.values[i] ?? 0;
    });
  }
  return {
    get: (hash) => values[slotOf(hash)] ?? 0,
    set(hash, value) {
      let slot = slotOf(hash);
      if (hashes[slot] === 0) {
        if (used >= hashes.length * 0.8) {
          grow();
          slot = slotOf(hash);
        }
        used += 1;
        hashes[slot] = hash;
      }
      values[slot] = value;
    },
  };
}

/** Two 32-bit multiplicative hashes (as cyrb53 by bryc, public domain) of which 52 bits are kept; never 0. */
function hash52(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (a >>> 12) * 4294967296 + (b >>> 0) || 1;
}
