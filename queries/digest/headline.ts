import type { DigestContent, DigestSection, DigestTile } from '../model/digest.ts';
import { inPeriod, type DigestPeriod } from '../model/digest-period.ts';
import { countInWords, joined } from '../model/describe.ts';
import type { FindingJson } from '../model/wire.ts';
import { fewText } from './tiles.ts';

/** What the headline is computed from. */
export interface HeadlineFacts {
  period: DigestPeriod;
  nouns: [one: string, many: string];
  /** What changed beyond chance in the period, most telling first. */
  findings: readonly FindingJson[];
  /** How many series could be judged. */
  judged: number;
  tiles: readonly DigestTile[];
  sections: readonly DigestSection[];
}

/**
 * The three sentences (DOMAIN §6): what changed beyond noise, what is getting attention, what is asked of the reader. That nothing changed, and that nothing
 * is asked, are said as plainly.
 */
export function headlineOf(facts: HeadlineFacts): DigestContent['headline'] {
  return [changedSentence(facts), attentionSentence(facts), askedSentence(facts)];
}

function changedSentence({ period, nouns, findings, judged, tiles }: HeadlineFacts): string {
  const [first, ...more] = findings;
  if (first) {
    const rest = more.length
      ? ` ${more.length === 1 ? 'One other figure' : countInWords(more.length, 'other figure')} changed beyond chance.`
      : '';
    return `${first.sentence}${rest}`;
  }
  const received = tiles.find((tile) => tile.measure === 'received');
  const came = received?.value
    ? `${received.text} ${received.value === 1 ? nouns[0] : nouns[1]} came in${received.change ? `, ${received.change}` : ''}`
    : received?.value === 0
      ? `no ${nouns[1]} came in`
      : `${received?.text ?? 'an unknown number of'} ${nouns[1]} came in`;
  if (judged === 0) return `Too early to tell what is usual: ${came} ${inPeriod(period)}.`;
  // A rule broken by one of many series may be chance: the tile says that it is, and this how far that goes.
  const alone = tiles.filter(({ standing }) => standing !== null && standing.verdict !== 'common_cause').map(({ title }) => `“${title}”`);
  const though = alone.length
    ? ` ${joined(alone, 'and')} ${alone.length === 1 ? 'stands' : 'stand'} out alone, which among ${countInWords(judged, 'series', 'series')} can be chance.`
    : '';
  return `Nothing changed beyond what chance allows ${inPeriod(period)}: ${came}.${though}`;
}

function attentionSentence({ tiles, sections, nouns }: HeadlineFacts): string {
  const [issues] = sections;
  const overdue = tiles.find((tile) => tile.measure === 'overdue');
  const onTime = tiles.find((tile) => tile.measure === 'on_time_rate');
  const kept =
    onTime && onTime.value !== null ? `${onTime.text} were resolved on time${onTime.target ? ` (${onTime.target.words})` : ''}` : '';
  const past =
    overdue?.text === fewText
      ? `Fewer than five ${nouns[1]} are past the due date`
      : overdue?.value
        ? `${overdue.text} ${nouns[1]} are past the due date`
        : overdue?.value === 0
          ? 'Nothing is overdue'
          : '';
  const late = past && kept ? `${past}${overdue?.value === 0 ? '; ' : ', and '}${kept}` : past || kept;
  return [issues?.sentence ?? '', late && `${late}.`].filter(Boolean).join(' ');
}

/** The first rule that holds says what is asked; each names one decision. */
function askedSentence({ findings, tiles, sections, period }: HeadlineFacts): string {
  const concerns = findings.filter(({ verdict }) => verdict === 'concern');
  const issue = concerns.find(({ key }) => key.issue !== undefined);
  if (issue) return `Asked of you: name who finds the cause of “${issue.key.issue}” and by when.`;
  const isConcern = (measure: string) => concerns.some((each) => each.measure === measure && Object.keys(each.key).length === 0);
  const willMiss = (measure: string) =>
    tiles.some((tile) => tile.measure === measure && tile.target?.assurance.startsWith('will be missed'));
  if (['overdue', 'open', 'on_time_rate', 'resolution_days_p50'].some(isConcern))
    return 'Asked of you: decide whether handling gets more hands, or what is promised becomes less.';
  if (isConcern('csat_rate')) return 'Asked of you: have those who were not satisfied called, and hear what they say.';
  if (isConcern('reopen_rate')) return 'Asked of you: have the decisions of this period looked through by somebody else.';
  if (isConcern('received')) return 'Asked of you: have it found out what brings more people to complain.';
  const missed = tiles.find((tile) => willMiss(tile.measure));
  if (missed) return `Asked of you: change how the work is done, or the target of “${missed.title}”: as things are it will be missed.`;
  if (/ than others[.,]/.test(sections.find(({ name }) => name === 'vulnerable')?.sentence ?? ''))
    return 'Asked of you: decide how vulnerable customers are served first.';
  return `No decision is asked of you this ${period.step}.`;
}
