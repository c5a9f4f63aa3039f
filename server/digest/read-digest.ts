import { z } from 'zod';
import { dayProblem, scheduleDay, scheduleTime } from '../../etl/config-schedule.ts';
import { zoneName } from '../../etl/config-zone.ts';
import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { digestSteps, type DigestBody } from '../../queries/model/digest.ts';
import { queryOf, serialiseWhere, type Where } from '../../queries/model/query.ts';
import { prepareAll, type QueryDeps } from '../../queries/prepare.ts';
import { parseFilter } from './filter.ts';

const mostRecipients = 2000;
const address = z.email();
const zone = zoneName.nullable();

/**
 * Reads a digest as a page sends it.
 * @param owners names of the people who can own one
 * @throws BadInput by field, every problem at once
 */
export async function readDigestBody(deps: QueryDeps, body: unknown, owners: readonly string[]): Promise<DigestBody> {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const problems: Problem[] = [];
  const text = (key: string, longest: number): string => {
    const value = typeof given[key] === 'string' ? given[key].trim() : '';
    if (value === '' || value.length > longest || value.includes('\0'))
      problems.push({ field: key, message: `must be 1 to ${longest} characters` });
    return value;
  };
  const name = text('name', 80);
  const every = digestSteps.find((step) => step === given.every) ?? 'month';
  if (every !== given.every) problems.push({ field: 'every', message: `is one of ${digestSteps.join(', ')}` });
  const day = scheduleDay.safeParse(given.on ?? (every === 'week' ? 'monday' : 1));
  const wrongDay = day.success ? dayProblem(every, day.data) : 'is neither a weekday nor a day from 1 to 31';
  if (wrongDay) problems.push({ field: 'on', message: wrongDay });
  const at = scheduleTime.safeParse(given.at ?? '07:00');
  if (!at.success) problems.push({ field: 'at', message: 'is no time of day like 07:30' });
  const place = zone.safeParse(given.zone === '' ? null : (given.zone ?? null));
  if (!place.success) problems.push({ field: 'zone', message: `"${String(given.zone)}" is no time zone like Europe/Vienna` });
  const owner = text('owner', 80);
  if (owner && !owners.includes(owner))
    problems.push({ field: 'owner', message: `there is no user "${owner}"${didYouMean(owner, owners)}` });
  const ends = given.ends_on === undefined || given.ends_on === '' ? null : given.ends_on;
  if (ends !== null && !(typeof ends === 'string' && isRealDate(ends)))
    problems.push({ field: 'ends_on', message: 'is no date like 2027-12-31' });
  const recipients = readRecipients(given.recipients, problems);
  const where = await readAudience(deps, given.where, problems);
  if (problems.length || !day.success || !at.success || !place.success) throw new BadInput(problems);
  return {
    name, where: serialiseWhere(where), every, on: day.data, at: at.data, zone: place.data, owner, ends_on: ends as string | null, recipients,
  }; // prettier-ignore
}

function readRecipients(given: unknown, problems: Problem[]): string[] {
  const list = Array.isArray(given) ? given.map((each) => String(each).trim()).filter(Boolean) : null;
  if (!list) {
    problems.push({ field: 'recipients', message: 'must be a list of mail addresses' });
    return [];
  }
  const bad = list.find((each) => !address.safeParse(each).success);
  if (bad !== undefined) problems.push({ field: 'recipients', message: `"${bad}" is no mail address like anna@example.org` });
  if (list.length > mostRecipients) problems.push({ field: 'recipients', message: `may be at most ${mostRecipients}; use a mailing list` });
  return [...new Set(list.map((each) => each.toLowerCase()))];
}

/**
 * Reads whom a digest is about.
 * @param problems takes what is wrong, also labels nobody knows, at `where.…`
 */
export async function readAudience(deps: QueryDeps, given: unknown, problems: Problem[]): Promise<Where> {
  const found: Problem[] = [];
  const where = parseFilter(given ?? { kind: ['complaint'] }, found);
  if (found.length === 0) {
    try {
      await prepareAll(deps, [queryOf({ measures: ['received'], from: '2000-01-01', to: '2000-01-31', where })]);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      found.push(...error.problems);
    }
  }
  problems.push(...found);
  return where;
}
