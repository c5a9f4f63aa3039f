import {
  dateIn,
  daysFrom,
  isBefore,
  midnightOf,
  minutesBetween,
  wordsOf,
  type NaiveCase,
  type NaiveSurvey,
  type Time,
} from './naive-case.ts';

/** The cases and loose surveys of a source, and until when it is known. */
export interface NaiveSource {
  name: string;
  through: number;
  cases: NaiveCase[];
  loose: NaiveSurvey[];
}

/** One figure asked for: over which dates (inclusive), of which member, under which filter, as of when. */
export interface NaiveAsk {
  from: string;
  to: string;
  by: string | null;
  member: string | null;
  where: NaiveWhere;
  asOf: string | null;
}
export interface NaiveWhere {
  members: Partial<Record<string, string[]>>;
  not: Partial<Record<string, string[]>>;
  text: string;
  range: Partial<Record<'resolution_days' | 'open_age_days' | 'score', readonly [number | null, number | null]>>;
}
export interface NaiveFigure {
  value: number | null;
  n?: number;
  low?: number | null;
  high?: number | null;
}
export type NaiveMeasure = keyof typeof definitions;

/** A row a figure looks at: a case, or a survey with the case it is about. */
interface Row {
  case: NaiveCase | null;
  survey: NaiveSurvey | null;
  /** The issue of the case that is looked at; the first but for mentions. */
  issue: NaiveCase['issues'][number] | undefined;
  source: string;
  /** Until when its source is known. */
  then: number;
}

/** A figure worked out from raw records by the words of DESIGN §6, the slow way: a pass over everything for each figure. */
export function naiveFigure(sources: readonly NaiveSource[], measure: NaiveMeasure, ask: NaiveAsk, zone: string): NaiveFigure {
  const { fact, figure }: Definition = definitions[measure];
  const rows = rowsOf(sources, fact, ask, zone).filter(
    (row) =>
      (measure === 'duplicates' || !row.case?.record.duplicate) &&
      (fact === 'survey' || (row.case && row.case.received.at <= row.then)) &&
      (ask.by === null || memberOf(row, ask.by) === ask.member) &&
      isMet(row, ask.where),
  );
  return figure(rows, ask, sources);
}

/** The members a dimension has among the rows. */
export function naiveMembers(sources: readonly NaiveSource[], by: string, ask: NaiveAsk, zone: string): string[] {
  return [...new Set((['case', 'survey', 'issue'] as const).flatMap((fact) => rowsOf(sources, fact, ask, zone).map((row) => memberOf(row, by))))];
} // prettier-ignore

type Fact = 'case' | 'survey' | 'issue';
interface Definition {
  fact: Fact;
  figure: (this: void, rows: Row[], ask: NaiveAsk, sources: readonly NaiveSource[]) => NaiveFigure;
}

const definitions = {
  received: count((c) => c.received),
  resolved: count((c) => c.resolved),
  closed: count((c) => c.ended),
  withdrawn: count((c) => c.withdrawn),
  escalated: count((c) => c.firstEscalated),
  duplicates: count((c) => (c.record.duplicate ? c.received : undefined)),
  mentions: {
    fact: 'issue',
    figure: (rows, ask) => ({ value: new Set(rows.filter((row) => isIn(row.case?.received, row, ask)).map((row) => row.case)).size }),
  },
  redress_amount: {
    fact: 'case',
    figure(rows, ask) {
      const paid = rows.filter((row) => isIn(row.case?.redress, row, ask) && (row.case?.record.redress_currency ?? 'EUR') === 'EUR');
      const cents = paid.map((row) => Math.round(Number(row.case?.record.redress_amount ?? 0) * 100));
      return { value: cents.reduce((sum, each) => sum + each, 0) / 100, n: cents.filter((each) => each > 0).length };
    },
  },
  open: {
    fact: 'case',
    figure: (rows, ask) => ({
      value: rows.filter((row) => {
        const c = caseOf(row);
        return !c.isUndated && c.received.on <= ask.to && !hasEnded(c, row.then, ask.to);
      }).length,
    }),
  },
  overdue: {
    fact: 'case',
    figure: (rows, ask) => ({
      value: rows.filter((row) => {
        const c = caseOf(row);
        if (c.isUndated || !c.due || c.due.on > ask.to || !hasPassed(c.due, row.then)) return false;
        return (!c.ended || isBefore(c.due, c.ended)) && !hasEnded(c, row.then, ask.to);
      }).length,
    }),
  },
  on_time_rate: share(
    'case',
    ({ case: c, then }, ask) =>
      !!c?.due && !c.isUndated && isBetween(c.due.on, ask) && hasPassed(c.due, then) && (isBy(c.resolved, then) || !isBy(c.ended, then)),
    ({ case: c }) => !!c?.due && !!c.resolved && !isBefore(c.due, c.resolved),
  ),
  uphold_rate: share(
    'case',
    (row, ask) => isIn(row.case?.resolved, row, ask) && ['upheld', 'partly upheld', 'not upheld'].includes(row.case?.record.outcome ?? ''),
    (row) => row.case?.record.outcome !== 'not upheld',
  ),
  reopen_rate: share(
    'case',
    (row, ask) => {
      const first = row.case?.firstResolved;
      return !!first && isBetween(first.on, ask) && first.at + 30 * 86_400 <= row.then;
    },
    ({ case: c }) => {
      const waited = c?.firstResolved && c.firstReopened ? minutesBetween(c.firstResolved, c.firstReopened) : null;
      return waited !== null && waited <= 30 * 1440;
    },
  ),
  repeat_rate: share(
    'case',
    (row, ask) => isIn(row.case?.received, row, ask) && !!customerOf(caseOf(row)),
    (row, sources) => {
      const c = caseOf(row);
      return sources.some((source) =>
        source.cases.some(
          (other) =>
            !other.record.duplicate && !!c.record.issue && other.record.issue === c.record.issue && customerOf(other) === customerOf(c) &&
            other.received.at < c.received.at && daysFrom(other.received.on, c.received.on) <= 90,
        ),
      ); // prettier-ignore
    },
  ),
  csat_rate: share(
    'survey',
    (row, ask) => isIn(row.survey?.answered, row, ask) && row.survey?.kind === 'csat' && row.survey.isSatisfied !== null,
    (row) => row.survey?.isSatisfied === true,
  ),
  response_rate: share(
    'survey',
    (row, ask) => isIn(row.survey?.asked, row, ask),
    (row) => isBy(row.survey?.answered, row.then),
  ),
  nps: {
    fact: 'survey',
    figure(rows, ask) {
      const scores = rows
        .filter((row) => isIn(row.survey?.answered, row, ask) && row.survey?.kind === 'nps')
        .map((row) => row.survey?.score ?? NaN);
      const [up, down, n] = [scores.filter((s) => s >= 9).length, scores.filter((s) => s <= 6).length, scores.length];
      if (n === 0) return { value: null, n, low: null, high: null };
      // Adjusted Wald: three answers more, three quarters of one at either end.
      const [p, d] = [(up + 0.75) / (n + 3), (down + 0.75) / (n + 3)];
      const half = z * Math.sqrt((p + d - (p - d) ** 2) / (n + 3));
      const limit = (share: number) => Math.min(100, Math.max(-100, 100 * share));
      return { value: (100 * (up - down)) / n, n, low: limit(p - d - half), high: limit(p - d + half) };
    },
  },
  resolution_days_p50: waited(0.5),
  resolution_days_p90: waited(0.9),
  resolution_days_closed_p50: {
    fact: 'case',
    figure(rows, ask) {
      const { ends } = waitsOf(rows, ask);
      ends.sort((a, b) => a - b);
      if (ends.length === 0) return { value: null, n: 0 };
      const at = (ends.length - 1) / 2;
      const [low, high] = [ends[Math.floor(at)] ?? NaN, ends[Math.ceil(at)] ?? NaN];
      return { value: (low + high) / 2 / 1440, n: ends.length };
    },
  },
} as const satisfies Record<string, Definition>;

export const naiveMeasures = Object.keys(definitions) as NaiveMeasure[];
const z = 1.959963984540054;

function rowsOf(sources: readonly NaiveSource[], fact: Fact, ask: NaiveAsk, zone: string): Row[] {
  // A date means to its end.
  const asOf = ask.asOf === null ? Infinity : ask.asOf.length === 10 ? nextMidnight(ask.asOf, zone) - 1 : Math.floor(Date.parse(ask.asOf) / 1000);
  return sources.flatMap(({ name, through, cases, loose }) => {
    const then = Math.min(asOf, through);
    const own = (c: NaiveCase | null, survey: NaiveSurvey | null, issue = c?.issues[0]): Row => ({ case: c, survey, issue, source: name, then });
    if (fact === 'case') return cases.map((c) => own(c, null));
    if (fact === 'issue') return cases.flatMap((c) => c.issues.map((issue) => own(c, null, issue)));
    return [...cases.flatMap((c) => c.surveys.map((survey) => own(c, survey))), ...loose.map((survey) => own(null, survey))];
  });
} // prettier-ignore

function memberOf({ case: c, survey, issue, source, then }: Row, by: string): string {
  const none = '(none)';
  const band = (days: number) => (days < 8 ? '0–7 days' : days < 31 ? '8–30 days' : days < 57 ? '31–56 days' : '> 56 days');
  switch (by) {
    case 'source':
      return source;
    case 'issue':
      return issue?.issue ?? none;
    case 'sub_issue':
      return issue?.sub ? `${issue.issue} › ${issue.sub}` : none;
    case 'sub_product':
      return c?.record.sub_product ? `${c.record.product} › ${c.record.sub_product}` : none;
    case 'vulnerable':
      return c?.record.vulnerable ? 'yes' : 'no';
    case 'agent':
      return survey?.agent ?? c?.record.agent ?? none;
    case 'status':
      return c ? statusOf(c) : none;
    case 'wait_band':
      return c && c.minutes !== null && isBy(c.resolved, then) ? band(c.minutes / 1440) : none;
    case 'age_band':
      return c && !c.isUndated && !isBy(c.ended, then) ? band((then - c.received.at) / 86_400) : none;
    default:
      return (c?.record as unknown as Partial<Record<string, string>> | undefined)?.[by] ?? none; // a label of the record by its name
  }
}

function statusOf({ record }: NaiveCase): string {
  return record.status ?? (record.closed_at ? 'closed' : record.resolved_at ? 'resolved' : record.withdrawn_at ? 'closed' : 'open');
}

function isMet(row: Row, { members, not, text, range }: NaiveWhere): boolean {
  const { case: c, survey, then } = row;
  for (const [name, labels] of Object.entries(members)) if (!labels?.includes(memberOf(row, name))) return false;
  for (const [name, labels] of Object.entries(not)) if (labels?.includes(memberOf(row, name))) return false;
  const within = (value: number, [from, below]: readonly [number | null, number | null]) =>
    (from === null || value >= from) && (below === null || value < below);
  const { resolution_days: days, open_age_days: age, score } = range;
  if (days && !(c && c.minutes !== null && isBy(c.resolved, then) && within(c.minutes / 1440, days))) return false;
  if (age && !(c && !c.isUndated && !isBy(c.ended, then) && within((then - c.received.at) / 86_400, age))) return false;
  const hasScore = (s: NaiveSurvey) => !!score && isBy(s.answered, then) && s.score !== null && within(s.score, score);
  if (score && !(survey ? hasScore(survey) : c?.surveys.some(hasScore))) return false;
  return termsOf(text).every((term) => c && ` ${c.text} `.includes(term));
}

/** What has to stand in a text with blanks around every word. */
function termsOf(text: string): string[] {
  return (text.match(/"[^"]*"|[^\s"]+/g) ?? []).map((term) => ` ${wordsOf(term).join(' ')}${term.endsWith('*') ? '' : ' '}`);
}

function count(dateOf: (c: NaiveCase) => Time | undefined): Definition {
  return { fact: 'case', figure: (rows, ask) => ({ value: rows.filter((row) => row.case && isIn(dateOf(row.case), row, ask)).length }) };
}

/** A share with Wilson's interval. */
function share(
  fact: Fact,
  isWhole: (row: Row, ask: NaiveAsk) => boolean,
  isPart: (row: Row, sources: readonly NaiveSource[]) => boolean,
): Definition {
  return {
    fact,
    figure(rows, ask, sources) {
      const whole = rows.filter((row) => isWhole(row, ask));
      const n = whole.length;
      if (n === 0) return { value: null, n, low: null, high: null };
      const p = whole.filter((row) => isPart(row, sources)).length / n;
      const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
      const limit = (sign: 1 | -1) => Math.min(1, Math.max(0, (p + z ** 2 / (2 * n) + sign * half) / (1 + z ** 2 / n)));
      return { value: p, n, low: limit(-1), high: limit(1) };
    },
  };
}

/** The quantile of the Kaplan–Meier curve, by the rule of R's survfit. */
function waited(p: number): Definition {
  return {
    fact: 'case',
    figure(rows, ask) {
      const { ends, ages } = waitsOf(rows, ask);
      const n = ends.length + ages.length;
      const longest = Math.max(...ends, ...ages.map((hours) => hours * 60));
      let survival = 1;
      let flatFrom: number | null = null;
      for (const time of [...new Set(ends)].sort((a, b) => a - b)) {
        // Who has waited whole hours is at risk for every end whose bin starts in the hour of the age.
        const atRisk = ends.filter((end) => end >= time).length + ages.filter((hours) => time < (hours + 1) * 60).length;
        survival *= 1 - ends.filter((end) => end === time).length / atRisk;
        if (survival < 1 - p - 1e-8) return { value: ((flatFrom ?? time) + time) / 2 / 1440, n };
        if (survival < 1 - p + 1e-8) flatFrom ??= time;
      }
      return { value: flatFrom === null ? null : (flatFrom + longest) / 2 / 1440, n };
    },
  };
}

/** Of the cases received: the minutes of those resolved, to their bins, and the whole hours the others have waited or had when they ended otherwise. */
function waitsOf(rows: readonly Row[], ask: NaiveAsk): { ends: number[]; ages: number[] } {
  const [ends, ages]: [number[], number[]] = [[], []];
  for (const row of rows) {
    const c = caseOf(row);
    if (!isBetween(c.received.on, ask) || c.isImpossible || c.isUndated) continue;
    const minutes = c.minutes ?? 0;
    if (isBy(c.resolved, row.then)) ends.push(minutes - (minutes % (minutes < 2 * 1440 ? 1 : minutes < 400 * 1440 ? 60 : 1440)));
    else {
      const until = c.ended && isBy(c.ended, row.then) ? c.ended.at : row.then;
      ages.push(Math.floor(Math.max(0, until - c.received.at) / 3600));
    }
  }
  return { ends, ages };
}

function caseOf(row: Row): NaiveCase {
  if (!row.case) throw new Error('a row without a case'); // only surveys lack one
  return row.case;
}

function customerOf({ record }: NaiveCase): string {
  return record.customer_ref?.trim().toLowerCase() ?? '';
}

function isBy(time: Time | undefined, then: number): boolean {
  return time !== undefined && time.at <= then;
}

/** A deadline passes; one that is a date at its end. */
function hasPassed(due: Time, then: number): boolean {
  return due.at + (due.isDate ? 86_399 : 0) <= then;
}

/** Whether a case is no longer open at the end of a date, by what is known then. */
function hasEnded({ ended }: NaiveCase, then: number, date: string): boolean {
  return ended !== undefined && ended.at <= then && ended.on <= date;
}

function isBetween(date: string, { from, to }: NaiveAsk): boolean {
  return date >= from && date <= to;
}

function isIn(time: Time | undefined, { then }: Row, ask: NaiveAsk): boolean {
  return time !== undefined && time.at <= then && isBetween(time.on, ask);
}

function nextMidnight(date: string, zone: string): number {
  return midnightOf(dateIn(Date.parse(date) / 1000 + 36 * 3600, 'UTC'), zone);
}
