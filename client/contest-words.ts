import type { ContestJson } from '../queries/model/contest.ts';
import { shortWhen } from './case-words.ts';

/** What became of a contest, in a sentence. */
export function decisionWords({ state, decided }: Pick<ContestJson, 'state' | 'decided'>, zone: string): string {
  if (!decided) return 'A quality manager decides.';
  const on = shortWhen(decided.at, zone);
  if (decided.by === null) return `That ended on ${on}: ${decided.decision}.`;
  return `${state === 'accepted' ? 'It was corrected' : 'It was left as it is'} by ${decided.by} on ${on}: “${decided.decision}”`;
}
