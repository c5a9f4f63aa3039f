/**
 * What random histories and queries are drawn from: the same each time, so that a change is told by what it changes. `EQUALITY_SEED=new` draws others,
 * a number those of a run that failed.
 */
export function equalitySeed(): number {
  const given = process.env.EQUALITY_SEED;
  return given === 'new' ? (Date.now() ^ (process.pid << 8)) | 0 : Number(given ?? 20_261_128);
}
