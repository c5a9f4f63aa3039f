import type { DigestContent } from '../model/digest.ts';
import { inPeriod, type DigestPeriod } from '../model/digest-period.ts';
import { countInWords, joined } from '../model/describe.ts';
import { noneLabel } from '../model/dimensions.ts';
import { measureOf } from '../model/measures.ts';
import { formatCount, formatValue, formatWhen } from '../model/number.ts';
import type { TableJson } from '../model/wire.ts';
import type { SourceInfo } from '../catalog.ts';
import { isTooFew } from '../small-groups.ts';
import { digestTiles, type DigestTables } from './questions.ts';
import { shareText } from './table-words.ts';

/** What the notes are made of beside the tables. */
export interface NoteContext {
  period: DigestPeriod;
  zone: string;
  asOf: string;
  nouns: [one: string, many: string];
  sources: readonly SourceInfo[];
  /** The digest before, and the same figures of it as they are now; null for none. */
  last: { then: DigestContent; changed: { what: string; then: string; now: string }[] } | null;
}

/** What to know of the data (DOMAIN §6): until when they are known, what changed since, what is not coded, who answered, what is too young. */
export function notesOf(tables: DigestTables, context: NoteContext): string[] {
  const { period, zone, asOf, sources, last } = context;
  const known = sources.filter((source) => source.through !== null);
  const instant = (seconds: number) => formatWhen(new Date(seconds * 1000).toISOString(), zone);
  const each = known.length > 1 ? ` (${known.map((s) => `${s.name} until ${s.isLive ? 'now' : instant(s.through ?? 0)}`).join('; ')})` : '';
  return [
    `Figures are as known on ${formatWhen(asOf, zone)}${each}. Dates are those of ${zone}.`,
    lateChanges(last),
    stillOpen(tables.status, context),
    uncoded(tables),
    answered(tables.totals),
    ...missing(tables.totals),
    'How many customers there are is not recorded, so what came in is a number and no rate per thousand.',
    `Groups of fewer than five are put together or left out, and no person is named. What each figure counts: “How this is computed” in the dashboard.`,
    ...(period.step === 'week'
      ? []
      : [`Compared with the ${period.step} before; months are not all as long, so numbers are compared by the day.`]),
  ].filter((note) => note !== '');
}

function lateChanges(last: NoteContext['last']): string {
  if (!last) return '';
  const { text } = last.then.period;
  if (last.changed.length === 0) return `The figures of the digest of ${text} still hold.`;
  const told = last.changed.slice(0, 4).map(({ what, then, now }) => `${what} ${then}, now ${now}`);
  const more = last.changed.length > 4 ? `; and ${countInWords(last.changed.length - 4, 'other figure')}` : '';
  return `Late records changed what the digest of ${text} told: ${told.join('; ')}${more}.`;
}

/** Cohorts are followed until now: who still waits counts with that. */
function stillOpen(status: TableJson, { period, nouns, asOf, zone }: NoteContext): string {
  const of = (names: readonly string[]) =>
    status.rows.filter((row) => names.includes(String(row.status))).reduce((sum, row) => sum + Number(row.received ?? 0), 0);
  const open = of(['new', 'open', 'waiting']);
  const total = status.rows.reduce((sum, row) => sum + Number(row.received ?? 0), 0);
  if (total === 0 || open === 0 || isTooFew(open) || isTooFew(total - open)) return '';
  return `Of the ${formatCount(total)} ${nouns[1]} received ${inPeriod(period)}, ${formatCount(open)} were still open on ${formatWhen(asOf, zone)}: times to resolve count them with the time they have waited.`;
}

function uncoded({ issues, causes }: DigestTables): string {
  const share = (table: TableJson, dimension: string, measure: 'received' | 'resolved') => {
    const count = (rows: TableJson['rows']) => rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0);
    const [none, all] = [count(table.rows.filter((row) => row[dimension] === noneLabel)), count(table.rows)];
    return none === 0 || isTooFew(none) || isTooFew(all - none) ? null : { none, all };
  };
  const [issue, cause] = [share(issues, 'issue', 'received'), share(causes, 'root_cause', 'resolved')];
  const parts = [
    ...(issue ? [`the issue of ${shareText(issue.none, issue.all)} of those received`] : []),
    ...(cause ? [`the root cause of ${shareText(cause.none, cause.all)} of those resolved`] : []),
  ];
  return parts.length ? `Not recorded: ${joined(parts, 'and')}.` : '';
}

function answered({ rows }: TableJson): string {
  const row = rows[0] ?? {};
  const [rate, n] = [row.response_rate, row.response_rate_n];
  if (typeof rate !== 'number' || typeof n !== 'number' || isTooFew(n) || isTooFew(Math.round(rate * n))) return '';
  return `Satisfaction is known of those who answered: ${formatValue(rate, 'share', { n })} of ${formatCount(n)} asked, so far.`;
}

/** Sources that cannot tell of a figure. */
function missing({ notes }: TableJson): string[] {
  return digestTiles.flatMap(({ measure, title }) => {
    const lacking = notes.filter((note) => note.measure === measure && note.source !== null);
    if (lacking.length === 0) return [];
    const names = [...new Set(lacking.map((note) => note.source))].join(', ');
    const message = lacking[0]?.message.replace(/ in this source$/, '') ?? `no ${measureOf(measure).label}`;
    return [`“${title}” leaves out ${names}: ${message}.`];
  });
}
