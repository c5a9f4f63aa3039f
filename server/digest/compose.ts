import { randomBytes } from 'node:crypto';
import { BadInput } from '../../etl/errors.ts';
import { endOfDay, localDate } from '../../etl/local-time.ts';
import { isoText } from '../../etl/time.ts';
import type { DigestRow } from '../../etl/store/tables.ts';
import { readDigest } from '../../queries/digest/read.ts';
import type { DigestContent } from '../../queries/model/digest.ts';
import { periodBefore, type DigestPeriod } from '../../queries/model/digest-period.ts';
import { formatWhen } from '../../queries/model/number.ts';
import { readMeta } from '../../queries/meta.ts';
import { queryDepsOf, type DigestDeps } from './deps.ts';
import { filterOf } from './filter.ts';
import { lastContent } from './issues.ts';
import type { DigestPart } from './render/render.ts';
import { staleSources } from './stale.ts';

/** What a digest is to be made of. */
export type Composed = Pick<DigestRow, 'name' | 'filter' | 'every' | 'zone'> & { digest_id: number | null };

/** A digest ready to be kept and sent, or why it must not be. */
export interface Composition {
  issueId: string;
  period: DigestPeriod;
  /** Null where it could not be computed at all. */
  content: DigestContent | null;
  parts: DigestPart[];
  /** Why it must not be sent, a sentence each; empty: it may. */
  reasons: string[];
  /** Where nothing but late sources holds it: until then they may still come by themselves, seconds UTC; else null. */
  expectedBy: number | null;
}

/** The zone whose midnight ends the periods of digests: the organisation's, else that of the records known last. */
export async function digestZone(deps: DigestDeps): Promise<string> {
  return deps.organisation.zone ?? (await readMeta(queryDepsOf(deps))).organisation.zone;
}

/** The last whole period before an instant, by the calendar the digest is made by: where a schedule has a zone, days begin and end there. */
export async function periodOf(deps: DigestDeps, { every, zone }: Pick<Composed, 'every' | 'zone'>, at: number): Promise<DigestPeriod> {
  return periodBefore(every, localDate(at, zone ?? (await digestZone(deps))));
}

/** A new key of an issue. */
export function newIssueId(): string {
  return randomBytes(9).toString('base64url');
}

/**
 * Computes and draws a digest, and checks it: sources known until the period's end, figures that add up, none missing, pictures that show something.
 * @param at instant it is made for, seconds UTC: it tells of the last whole period before
 * @param remark stands first among its notes where it must not be sent; absent: nothing is drawn then
 */
export async function compose(
  deps: DigestDeps,
  digest: Composed,
  { at, issueId = newIssueId(), remark }: { at: number; issueId?: string; remark?: (reasons: string[]) => string },
): Promise<Composition> {
  const zone = await digestZone(deps);
  const period = await periodOf(deps, digest, at);
  const queries = queryDepsOf(deps);
  const made = { issueId, period, content: null, parts: [] };
  try {
    const where = filterOf(digest);
    const end = endOfDay(period.to, zone);
    // A schedule may have a zone where the period has ended before it does where its cases are dated.
    const unended =
      deps.now() < end ? [`It is not over yet: ${period.text} ends on ${formatWhen(isoText(end), zone)} where its cases are dated.`] : [];
    const stale = await staleSources(queries, deps.sources(), { period, where, zone });
    const reasons = [...unended, ...stale.map(({ reason }) => reason)];
    const expectedBy = reasons.length ? Math.max(end, ...stale.map((source) => source.expectedBy)) : null;
    if (reasons.length && !remark) return { ...made, reasons, expectedBy };
    const last = digest.digest_id === null ? null : await lastContent(deps.store.reader, digest.digest_id, { period, where });
    const { content: read, faults } = await readDigest(queries, {
      name: digest.name, organisation: deps.organisation.name, period, where, asOf: null, targets: deps.targets, last,
    }); // prettier-ignore
    reasons.push(...faults);
    if (reasons.length && !remark) return { ...made, reasons, expectedBy: faults.length ? null : expectedBy };
    const content = reasons.length && remark ? { ...read, notes: [remark(reasons), ...read.notes] } : read;
    // Vega and the fonts take as long to read as a good part of the server: a start does not wait for them.
    const [{ renderDigest }, { faultsOfParts }] = await Promise.all([import('./render/render.ts'), import('./render/render-check.ts')]);
    const parts = await renderDigest(content, { issueId, baseUrl: deps.baseUrl });
    reasons.push(...faultsOfParts(parts, content));
    return { ...made, content, parts, reasons, expectedBy: null };
  } catch (error) {
    // A filter may name what is no more; anything else is logged, and nothing is sent either way.
    const isOurs = error instanceof BadInput;
    if (!isOurs) deps.log('digest_failed', { digest: digest.digest_id, error });
    const reasons = isOurs
      ? error.problems.map(({ field, message }) => `It could not be computed: ${field} ${message}.`)
      : ['It could not be made: something failed on the server, and its log says what.'];
    return { ...made, reasons, expectedBy: null };
  }
}
