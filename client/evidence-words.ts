import { acceptedEvidence, mostEvidenceBytes } from '../etl/evidence.ts';
import type { CaseChangedJson } from '../queries/model/handling.ts';
import { sentence } from './case-words.ts';
import { changedWords } from './handling-words.ts';
import { ApiFailed, currentOf } from './transport.ts';

/** The size of a file as people read it: "1.2 MB", "34 kB", "812 bytes". */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 9_950_000 ? 1 : 0)} MB`;
}

/** What is wrong with a file before it is sent; undefined where nothing is. */
export function wrongFile(file: File | undefined): string | undefined {
  if (!file) return 'Choose a file';
  if (file.size === 0) return 'The file holds nothing: it has 0 bytes';
  if (file.size > mostEvidenceBytes) return `The file has ${sizeWords(file.size)}; at most ${mostEvidenceBytes / 1e6} MB fit`;
  return undefined;
}

/** Why something about a file was not done: by field of its form, and what is said below it. `version`: of the case where somebody else changed it. */
export interface RefusedFile {
  errors: Partial<Record<string, string>>;
  problem: string;
  version: number | null;
}

/** @param fields of the form; what is said of any other stands below it */
export function refusedFile(error: unknown, fields: readonly string[], zone: string): RefusedFile {
  const current = currentOf<CaseChangedJson>(error);
  if (current) return { errors: {}, problem: changedWords(current, zone), version: current.version };
  if (!(error instanceof ApiFailed)) throw error;
  if (error.status === 0)
    return { errors: {}, problem: 'The server did not answer. What you chose is kept here: save again when it is back.', version: null };
  const [own, others] = [true, false].map((isOwn) => error.problems.filter(({ field }) => fields.includes(field) === isOwn));
  return {
    // What is accepted stands above the field.
    errors: Object.fromEntries((own ?? []).map(({ field, message }) => [field, sentence(message.replace(`; ${acceptedEvidence}`, ''))])),
    problem: (others ?? []).map(({ message }) => `${sentence(message)}.`).join(' '),
    version: null,
  };
}
