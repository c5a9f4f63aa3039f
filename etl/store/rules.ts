import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { areRulesEmpty, noRules, rulesSettings, type BusinessRules, type RulesInForce, type RulesProgress } from '../business-rules.ts';
import { SourceFailed } from '../errors.ts';
import { differenceOf, type Concerned } from '../rules-difference.ts';
import type { Store } from './open.ts';
import { transact } from './transact.ts';

interface Setting {
  name: string;
  value: string;
}

// What is counted of a calendar is kept with the object, so equal texts give the same one.
let latest: { text: string; rules: RulesInForce } | null = null;

/** The calendars and policies in force: every case is derived with them, whichever process loads it. */
export async function readRules(knex: Knex): Promise<RulesInForce> {
  const row = await knex<Setting>('setting').where({ name: rulesSettings.rules }).first('value');
  if (!row) return { rules: noRules, hash: '' };
  if (latest?.text !== row.value) latest = { text: row.value, rules: JSON.parse(row.value) as RulesInForce }; // written below
  return latest.rules;
}

/** @returns null where no rules were ever in force */
export async function readRulesProgress(knex: Knex): Promise<RulesProgress | null> {
  const row = await knex<Setting>('setting').where({ name: rulesSettings.progress }).first('value');
  return row ? (JSON.parse(row.value) as RulesProgress) : null; // written below
}

export async function writeRulesProgress(trx: Knex.Transaction, progress: RulesProgress): Promise<void> {
  await writeSetting(trx, rulesSettings.progress, progress);
}

/**
 * Puts calendars and policies in force. From the commit on nothing is loaded that was derived with others.
 * @returns whether they differ from those in force before: then every case has to be brought in line
 */
export async function putRulesInForce(store: Store, rules: BusinessRules): Promise<boolean> {
  const hash = hashOf(rules);
  if ((await readRules(store.writer)).hash === hash) return false;
  return transact(store, async (trx) => {
    const before = await readRules(trx);
    if (before.hash === hash) return false;
    const concerned = differenceOf(before.rules, rules);
    const left = await readRulesProgress(trx);
    await writeSetting(trx, rulesSettings.rules, { rules, hash } satisfies RulesInForce);
    await writeRulesProgress(trx, { hash, ...leftOf(concerned, left) });
    return true;
  });
}

/**
 * @param rulesHash of the rules some cases were derived with
 * @throws SourceFailed (retriable) where those in force are others by now
 */
export async function checkRulesInForce(trx: Knex.Transaction, rulesHash: string, source: string): Promise<void> {
  if ((await readRules(trx)).hash === rulesHash) return;
  throw new SourceFailed(source, 'calendars or policies were changed while its records were being read; start the run again', {
    retriable: true,
  });
}

/** What a change concerns, together with what an earlier one has left to do. */
function leftOf(concerned: Concerned, left: RulesProgress | null): Omit<RulesProgress, 'hash'> {
  const isLeft = left !== null && left.after !== null;
  if (concerned === 'none') return { after: left?.after ?? null, since: left?.since ?? null };
  if (concerned === 'all' || (isLeft && left.since === null)) return { after: 0, since: null };
  return { after: 0, since: isLeft ? Math.min(concerned.since, left.since ?? 0) : concerned.since };
}

function hashOf(rules: BusinessRules): string {
  return areRulesEmpty(rules) ? '' : createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 22);
}

async function writeSetting(trx: Knex.Transaction, name: string, value: unknown): Promise<void> {
  await trx<Setting>('setting')
    .insert({ name, value: JSON.stringify(value) })
    .onConflict('name')
    .merge(['value']);
}
