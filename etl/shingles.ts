/** Words of a shingle: long enough that texts which say other things share next to none. */
export const shingleWords = 5;
/** From this share of shingles in common two texts are near-identical; 1 is all. */
export const nearIdentical = 0.8;
/** Shorter texts are alike too easily. */
export const leastWords = 12;

// Texts that are not copies share hardly any shingle, so bands can be short, and few: a pair that has 0.8 in common is found with
// 1 − (1 − 0.8²)³ = 95 %, one with 0.9 with 99 %. What is found is counted exactly afterwards.
const bands = 3;
const rows = 2;
const seeds = Int32Array.from({ length: bands * rows }, (_, i) => mix(Math.imul(i + 1, 0x9e3779b1)));
const least = new Uint32Array(bands * rows);

/**
 * The shingles of a text as hashes of 32 bits, in its order; one that comes again comes again.
 * @param words as of `tokens`; fewer than {@link leastWords} have none
 */
export function shinglesOf(words: readonly string[]): Int32Array {
  if (words.length < leastWords) return new Int32Array(0);
  const hashes = Int32Array.from(words, hashOf);
  const shingles = new Int32Array(hashes.length - shingleWords + 1);
  for (let from = 0; from < shingles.length; from++) {
    let hash = 0;
    for (let i = from; i < from + shingleWords; i++) hash = Math.imul(hash, 0x01000193) ^ (hashes[i] ?? 0);
    shingles[from] = mix(hash);
  }
  return shingles;
}

/**
 * Keys under which a text is looked up: two texts with much in common share at least one of them.
 * MinHash signatures in bands: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.3 and 3.4.
 * @returns whole numbers from 0 below 2^50, one a band; none for a text without shingles
 */
export function bandKeys(shingles: Int32Array): number[] {
  if (shingles.length === 0) return [];
  least.fill(0xffffffff);
  for (const shingle of shingles)
    for (let i = 0; i < least.length; i++) {
      const hash = mix(shingle ^ (seeds[i] ?? 0)) >>> 0;
      if (hash < (least[i] ?? 0)) least[i] = hash;
    }
  return Array.from({ length: bands }, (_, band) => {
    const [one = 0, two = 0] = least.subarray(band * rows);
    const [high, low] = [mix(one ^ Math.imul(two, 0x85ebca6b)) >>> 0, mix(two ^ Math.imul(one, 0xc2b2ae35)) >>> 16];
    return (high * 0x10000 + low) * 4 + band;
  });
}

/** How much two texts have in common: distinct shingles of both ÷ of either, 0 to 1; 0 where one has none. */
export function jaccard(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  if (one.size === 0 || other.size === 0) return 0;
  let both = 0;
  for (const shingle of one) if (other.has(shingle)) both += 1;
  return both / (one.size + other.size - both);
}

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** The last steps of MurmurHash3, which spread every bit. */
function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
