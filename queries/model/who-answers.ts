import { capital } from './describe.ts';
import type { Grain } from './buckets.ts';
import { noneLabel } from './dimensions.ts';
import { formatBucket, formatValue } from './number.ts';
import type { QueryJson } from './query.ts';

/** By what those who answer are looked at. */
export const answererDimensions = ['channel', 'issue', 'team', 'wait_band'] as const;
export type AnswererDimension = (typeof answererDimensions)[number];

/** Two shares with what each is a share of. */
export interface ShareChange {
  now: number;
  n: number;
  before: number;
  before_n: number;
}

/** How answering differs beyond chance; with nothing in it nothing does. */
export interface AnswerChange {
  /** `before`: the period beside the one compared with. `earlier`: its last whole part (day, week, month …) beside the earlier ones. */
  against: 'before' | 'earlier';
  /** First date of the last whole part; null for the period. */
  period: string | null;
  /** Of those asked, how many answered. */
  response: ShareChange | null;
  /** Of those who answered, how many belong to a member; the largest change first. */
  members: (ShareChange & { by: AnswererDimension; label: string })[];
}

/** Answer of `POST /api/who-answers`. */
export interface WhoAnswersJson {
  /** Why it is not known how many of those asked answer; null where it is. */
  asking: string | null;
  changes: AnswerChange[];
}

/** Body of `POST /api/who-answers`: period, filters, comparison and grain are those of the query. */
export interface WhoAnswersRequest {
  query: QueryJson;
}

/** Of members that changed at most so many are told, one a dimension. */
const mostTold = 3;

/**
 * A warning that those who answer have changed, in sentences.
 * @returns no sentence where nothing changed
 */
export function describeWhoAnswers({ changes }: WhoAnswersJson, grain: Grain): string[] {
  const told = changes.filter((change) => change.response || change.members.length);
  if (told.length === 0) return [];
  return [
    ...told.map((change) => `${sentenceOf(change, grain)}.`),
    'A change in satisfaction may be a change in who answers, or in what they had to complain of.',
  ];
}

function sentenceOf({ against, period, response, members }: AnswerChange, grain: Grain): string {
  const isPart = against === 'earlier' && period !== null;
  const asked = response && [
    `${response.now < response.before ? 'fewer' : 'more'} ${isPart ? 'answered than earlier in this period' : 'of those asked answer than before'}: ` +
      `${share(response.now, response.n)} against ${share(response.before, response.before_n)}`,
  ];
  const dimensions = [...new Set(members.map((member) => member.by))].slice(0, mostTold);
  const mixed = dimensions.flatMap((by) => {
    const own = members.filter((member) => member.by === by);
    // What rose tells more than what it pushed down.
    const first = own.find((member) => member.now > member.before) ?? own[0];
    if (!first) return [];
    const moved = first.now > first.before ? 'rose' : 'fell';
    return [
      `answers ${wordsOf(by, first.label)} ${moved} from ${share(first.before, first.before_n)} to ${share(first.now, first.n)} of all`,
    ];
  });
  const said = [...(asked ?? []), ...mixed].join('; ');
  if (isPart) return `In ${formatBucket(grain, period)}${asked ? '' : ', beside earlier in this period,'} ${said}`;
  return capital(`${asked ? '' : 'beside the period before, '}${said}`);
}

function wordsOf(by: AnswererDimension, label: string): string {
  const isNone = label === noneLabel;
  switch (by) {
    case 'channel':
      return isNone ? 'without a channel' : `by ${label}`;
    case 'issue':
      return isNone ? 'on cases without an issue' : `on “${label}”`;
    case 'team':
      return isNone ? 'on cases without a team' : `on cases of “${label}”`;
    case 'wait_band':
      return isNone ? 'on cases not resolved' : `after a wait of ${label.replace('>', 'more than')}`;
  }
}

function share(value: number, n: number): string {
  return formatValue(value, 'share', { n: Math.min(n, 999) });
}
