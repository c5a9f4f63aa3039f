import type { Knex } from 'knex';
import {
  calendarFor,
  noRules,
  policyDues,
  rulesSettings,
  type BusinessRules,
  type RulesInForce,
  type RulesProgress,
} from '../etl/business-rules.ts';
import { businessClock } from '../etl/business-time.ts';
import type { Calendar } from '../etl/opening-hours.ts';
import type { Catalog } from './catalog.ts';
import type { BusinessAge, Through } from './model/tally.ts';

/** Calendars and policies the cases of the store are derived with. */
export interface BusinessState {
  rules: BusinessRules;
  /** Why business time cannot be asked for; null where it can. */
  why: string | null;
}

// What is counted of a calendar is kept with the object, so equal texts give the same one.
let latest: { text: string; rules: BusinessRules } | null = null;

/** Reads what business time is counted by, and whether every case has it. */
export async function readBusiness(knex: Knex): Promise<BusinessState> {
  const rows = await knex<{ name: string; value: string }>('setting').whereIn('name', Object.values(rulesSettings)).select('name', 'value');
  const textOf = (name: string) => rows.find((row) => row.name === name)?.value;
  const text = textOf(rulesSettings.rules);
  const progressText = textOf(rulesSettings.progress);
  if (text !== undefined && latest?.text !== text) latest = { text, rules: (JSON.parse(text) as RulesInForce).rules }; // written by the loader
  const rules = text !== undefined && latest ? latest.rules : noRules;
  const progress = progressText === undefined ? null : (JSON.parse(progressText) as RulesProgress); // written by the loader
  return { rules, why: whyNot(rules, progress) };
}

function whyNot({ calendars, calendar, policies }: BusinessRules, progress: RulesProgress | null): string | null {
  const isUsed = calendar !== null || policies.some((policy) => policy.calendar !== undefined);
  if (Object.keys(calendars).length === 0 || !isUsed) return 'business time needs a calendar, and none is set up';
  if (progress !== null && progress.after !== null)
    return 'business time is being worked out anew, since calendars or policies have changed; ask again in a moment';
  return null;
}

/** The deadlines policies give to cases whose source says none, as fields of a record. */
export function fieldsOfPolicies({ policies }: BusinessRules): string[] {
  const keys = Object.keys(policyDues) as (keyof typeof policyDues)[];
  return keys.filter((key) => policies.some((policy) => policy[key])).map((key) => `${policyDues[key]}_at`);
}

/** The calendars cases are counted by, each with T of every source on its clock. */
export function businessAgeOf(rules: BusinessRules, through: Through, catalog: Catalog): BusinessAge {
  const onClock = (calendar: Calendar): Through => ({
    ...through,
    sources: through.sources.map(({ source, at }) => ({ source, at: businessClock(at, calendar) ?? 0 })),
  });
  const calendars: BusinessAge['calendars'] = [];
  for (const [name, calendar] of Object.entries(rules.calendars)) {
    if (name === rules.calendar) continue;
    const codes = rules.policies.filter((policy) => policy.calendar === name).map((policy) => catalog.codeOf('sla_policy', policy.name));
    const known = codes.filter((code) => code !== undefined);
    if (known.length) calendars.push({ policies: known, through: onClock(calendar) });
  }
  const own = calendarFor(rules, undefined);
  if (own) calendars.push({ policies: null, through: onClock(own) });
  return { calendars };
}
