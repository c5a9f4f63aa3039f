import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { isRealDate } from '../etl/record.ts';
import type { Store } from '../etl/store/open.ts';
import type { BaselineRow } from '../etl/store/tables.ts';
import { transact } from '../etl/store/transact.ts';
import { parseDrill } from '../queries/drill.ts';
import { startOf } from '../queries/model/buckets.ts';
import { seriesScope } from '../queries/model/series-scope.ts';
import type { BaselineListRow } from '../queries/model/lists.ts';
import { noneLabel, otherLabel } from '../queries/model/dimensions.ts';
import { formatDate } from '../queries/model/number.ts';
import { prepareAll, type QueryDeps } from '../queries/prepare.ts';
import { audit } from './auth/audit.ts';
import type { SignedIn } from './auth/roles.ts';
import { Refused } from './errors.ts';

const longest = 500;

/** A decision as it is kept. */
export type BaselineContent = Pick<BaselineRow, 'measure' | 'scope' | 'from_on' | 'reason'>;

interface Who {
  user: SignedIn;
  /** Seconds UTC. */
  now: number;
}

/**
 * Reads a decision to have the limits of a series begin anew: `measure`, `query` and `key` as for the cases behind a figure, `from`, the first day of one
 * of the query's periods, and `reason`.
 * @throws BadInput by field
 */
export async function readBaseline(deps: QueryDeps, body: unknown): Promise<BaselineContent> {
  const { from, reason } = body as Record<string, unknown>;
  const problems: Problem[] = [];
  const said = typeof reason === 'string' ? reason.trim() : '';
  if (said === '') problems.push({ field: 'reason', message: 'is missing; say what changed' });
  else if (said.length > longest || said.includes('\0')) problems.push({ field: 'reason', message: `must be 1 to ${longest} characters` });
  const isDate = typeof from === 'string' && isRealDate(from);
  if (!isDate)
    problems.push({ field: 'from', message: from ? 'is not a date like 2026-11-01' : 'is missing; give a date like 2026-11-01' });
  try {
    const { measure, query, key } = parseDrill(body);
    const { grain } = query;
    if (!grain || grain === 'day')
      problems.push({ field: 'query.grain', message: 'must be week, month, quarter or year: by days there are no limits' });
    else if (isDate && startOf(grain, from) !== from)
      problems.push({ field: 'from', message: `is not the first day of a ${grain}; that is ${startOf(grain, from)}` });
    const [prepared] = await prepareAll(deps, [{ ...query, measures: [measure], order: null }]);
    const { date } = prepared?.scope.today ?? { date: '' };
    if (isDate && from > date)
      problems.push({ field: 'from', message: `lies after ${formatDate(date)}, until when the sources are known` });
    for (const name of query.by) {
      const label = key[name];
      const names = prepared?.catalog.names(name) ?? [];
      if (label === undefined)
        problems.push({ field: `key.${name}`, message: 'is missing: the limits of one member begin anew, not of all' });
      else if (label === otherLabel)
        problems.push({ field: `key.${name}`, message: 'is no member: what a limit leaves over is another each time' });
      else if (label !== noneLabel && prepared?.catalog.codeOf(name, label) === undefined)
        problems.push({ field: `key.${name}`, message: `unknown member "${label}"${didYouMean(label, names)}` });
    }
    if (problems.length === 0 && isDate) return { measure, scope: seriesScope(measure, query, members(key)), from_on: from, reason: said };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    problems.push(...error.problems);
  }
  throw new BadInput(problems);
}

/**
 * Writes from when on the limits of a series begin anew.
 * @throws BadInput when they do so from that day already
 */
export async function setBaseline(store: Store, content: BaselineContent, { user, now }: Who): Promise<{ baseline_id: number }> {
  return transact(store, async (trx) => {
    const { measure, scope, from_on } = content;
    const same = await trx<BaselineRow>('baseline').where({ measure, scope, from_on }).whereNull('taken_back_at').first('baseline_id');
    if (same) throw new BadInput([{ field: 'from', message: 'the typical range begins anew from there already; take that back first' }]);
    const rows = await trx<BaselineRow>('baseline')
      .insert({ ...content, set_by: user.name, set_at: now })
      .returning('baseline_id');
    const { baseline_id } = rows[0] as { baseline_id: number }; // one row was inserted
    await audit(trx, { at: now, userId: user.userId, action: 'baseline_set', target: `baseline ${baseline_id}` });
    return { baseline_id };
  });
}

/** Takes a decision back; that there was one stays known. @throws Refused when it is not in force */
export async function takeBaselineBack(store: Store, id: number, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    const count = await trx<BaselineRow>('baseline')
      .where({ baseline_id: id })
      .whereNull('taken_back_at')
      .update({ taken_back_by: user.name, taken_back_at: now });
    if (!count) throw new Refused(404, `no typical range begins anew by decision ${id}; it may have been taken back meanwhile`);
    await audit(trx, { at: now, userId: user.userId, action: 'baseline_taken_back', target: `baseline ${id}` });
  });
}

/** Every decision, newest first, also what was taken back. */
export async function listBaselines({ reader }: Pick<QueryDeps, 'reader'>): Promise<BaselineListRow[]> {
  const rows = await reader<BaselineRow>('baseline').orderBy('baseline_id', 'desc');
  return rows.map(({ baseline_id, measure, scope, from_on, reason, set_by, set_at, taken_back_by, taken_back_at }) => ({
    baseline_id,
    measure,
    ...(JSON.parse(scope) as Pick<BaselineListRow, 'where' | 'time'>), // as series-scope.ts writes it
    from: from_on,
    reason,
    set_by,
    set_at: iso(set_at),
    taken_back_by,
    taken_back_at: taken_back_at === null ? null : iso(taken_back_at),
  }));
}

/** A key without its period. */
function members(key: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'period'));
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
