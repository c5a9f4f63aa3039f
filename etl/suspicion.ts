/** A run that came to its end, as its rows tell. */
export interface RunSize {
  /** Rows read. */
  read: number;
  rejected: number;
  /** False: it read on from where the run before it had ended. */
  isWhole: boolean;
}

const medianOf = 10;
const fewestRuns = 3;
const someRows = 5;
const manyRows = 20;
const steepFall = 0.1;

/**
 * Why a run should be looked at though it ended well: it found nothing where there always was something, or less than a tenth of
 * what is usual, or none of its rows could be used. A run that reads on from the last one is compared with every run there was,
 * so that a quiet night or a holiday that has been there before says nothing.
 * @param history rows read by earlier complete runs of the same kind, the latest first; those that read on may go back for weeks
 * @returns a sentence, or null when nothing is suspicious. With fewer than three earlier runs nothing is usual yet
 */
export function suspicion({ read, rejected, isWhole }: RunSize, history: readonly number[]): string | null {
  if (read > 0 && rejected === read)
    return `${read === 1 ? 'the only row was' : `all ${rows(read)} were`} rejected; the map may no longer fit the source`;
  if (history.length < fewestRuns) return null;
  const usual = median(history.slice(0, medianOf));
  if (!isWhole && read >= history.reduce((least, n) => Math.min(least, n))) return null;
  if (read === 0 && usual >= someRows) return `no rows, where ${rows(usual)} are usual; ${advice}`;
  if (usual >= manyRows && read <= usual * steepFall) return `only ${rows(read)}, where ${rows(usual)} are usual; ${advice}`;
  return null;
}

const advice = 'see whether the source still gives everything and its account may still see it';

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
}

function rows(n: number): string {
  return `${Math.round(n).toLocaleString('en')} ${n === 1 ? 'row' : 'rows'}`;
}
