import type { Calendar } from './opening-hours.ts';
import type { PolicyDimension, SlaPolicy } from './sla.ts';

/** The calendars and policies of an organisation, as its configuration says them. */
export interface BusinessRules {
  calendars: Record<string, Calendar>;
  /** Name of the calendar that holds where a policy names none; null: none does. */
  calendar: string | null;
  policies: readonly SlaPolicy[];
}

/** Rules as the store keeps them, with what identifies them; empty for none. */
export interface RulesInForce {
  rules: BusinessRules;
  hash: string;
}

/** How far the cases of the store have been brought in line with the rules in force. */
export interface RulesProgress {
  /** Which rules. */
  hash: string;
  /** Every case up to this number is in line; null: all are. */
  after: number | null;
  /** Only cases with a time from this instant on (seconds UTC) are concerned; null: every case. */
  since: number | null;
}

/** Names of the rows of `setting` that hold {@link RulesInForce} and {@link RulesProgress} as JSON. */
export const rulesSettings = { rules: 'business_rules', progress: 'business_rules_progress' } as const;

/** What deadlines a policy can give: by the key of the policy, the time of a case. */
export const policyDues = { resolve: 'due', acknowledge: 'acknowledgement_due', early: 'summary_due' } as const;

/** Where nothing is configured. */
export const noRules: BusinessRules = { calendars: {}, calendar: null, policies: [] };

/** The rules of a configuration. */
export function rulesOfConfig(config: {
  organisation: { calendar?: string | null };
  calendars: Record<string, Calendar>;
  slaPolicies: readonly SlaPolicy[];
}): BusinessRules {
  return { calendars: config.calendars, calendar: config.organisation.calendar ?? null, policies: config.slaPolicies };
}

/** Whether there is anything to derive from. */
export function areRulesEmpty({ calendars, policies }: BusinessRules): boolean {
  return policies.length === 0 && Object.keys(calendars).length === 0;
}

/**
 * The policy of a case: the one it names, where it names one; else the first whose `when` fits.
 * @param named the policy the source says; one that is not configured is none of ours
 */
export function policyFor(
  { policies }: BusinessRules,
  named: string | undefined,
  labelOf: (dimension: PolicyDimension) => string | undefined,
): SlaPolicy | null {
  if (named !== undefined) return policies.find((policy) => policy.name === named) ?? null;
  return policies.find(({ when }) => !when || fits(when, labelOf)) ?? null;
}

/** The calendar business time of a case is counted by: its policy's, else the organisation's. */
export function calendarFor({ calendars, calendar, policies }: BusinessRules, policy: string | undefined): Calendar | null {
  const name = policies.find((each) => each.name === policy)?.calendar ?? calendar;
  return name === null ? null : (calendars[name] ?? null);
}

function fits(when: NonNullable<SlaPolicy['when']>, labelOf: (dimension: PolicyDimension) => string | undefined): boolean {
  for (const [dimension, labels] of Object.entries(when) as [PolicyDimension, readonly string[] | undefined][]) {
    if (!labels) continue;
    const label = labelOf(dimension);
    if (label === undefined || !labels.includes(label)) return false;
  }
  return true;
}
