import { z } from 'zod';
import type { BusinessRules } from './business-rules.ts';
import { didYouMean, type Problem } from './errors.ts';
import { kinds, severities } from './record.ts';

const count = z
  .number()
  .int({ error: 'is no whole number' })
  .min(1, { error: 'must be at least 1' })
  .max(10_000, { error: 'must be at most 10,000' });
export const limitUnits = ['hours', 'business_hours', 'calendar_days', 'business_days'] as const;

/**
 * A limit, in exactly one unit. Hours run from receipt, or over opening hours only; days are counted after the local day of receipt, which is day
 * nought, and the limit is kept to the end of the last of them.
 */
export const slaLimit = z
  .strictObject({
    hours: count.optional().describe('Hours on the clock after receipt.'),
    business_hours: count.optional().describe('Opening hours of the calendar after receipt.'),
    calendar_days: count.optional().describe('Days after the local day of receipt; in time to the end of the last.'),
    business_days: count.optional().describe('Days with opening hours after the local day of receipt; in time to the end of the last.'),
  })
  .refine((rule) => limitUnits.filter((unit) => rule[unit] !== undefined).length === 1, {
    error: `must say exactly one of ${limitUnits.join(', ')}`,
  });

const labels = z.array(z.string().min(1)).min(1, { error: 'is an empty list; leave it out to have every case' });
/** What a policy may ask of a case: labels it has when it comes, not what becomes of it. */
export const policyDimensions = [
  'kind', 'channel', 'company', 'product', 'sub_product', 'issue', 'sub_issue', 'severity', 'region', 'segment', 'team',
] as const; // prettier-ignore
export type PolicyDimension = (typeof policyDimensions)[number];

const when = z.strictObject({
  kind: z.array(z.enum(kinds)).min(1).optional().describe('Kinds of case.'),
  channel: labels.optional().describe('Channels.'),
  company: labels.optional().describe('Companies complained about.'),
  product: labels.optional().describe('Products.'),
  sub_product: labels.optional().describe('Sub-products, by their own name.'),
  issue: labels.optional().describe('Issues, the first that the case names.'),
  sub_issue: labels.optional().describe('Sub-issues, by their own name.'),
  severity: z.array(z.enum(severities)).min(1).optional().describe('Severities.'),
  region: labels.optional().describe('Regions.'),
  segment: labels.optional().describe('Segments of customers.'),
  team: labels.optional().describe('Teams.'),
});

/**
 * A policy as the configuration has it. A case takes the policy it names; else the first whose `when` fits: one of the labels of every dimension
 * named. What the source says of a deadline itself comes first.
 */
export const slaPolicySchema = z.strictObject({
  name: z.string().min(1).describe('Name of the policy: the label of the dimension sla_policy.'),
  calendar: z.string().min(1).optional().describe("Name of the calendar its days and hours are counted by; default the organisation's."),
  when: when.optional().describe('Labels a case must have, one of each list; left out: every case.'),
  assign: slaLimit.optional().describe('Within what a case is to have an owner.'),
  acknowledge: slaLimit.optional().describe('Within what a case is to be acknowledged.'),
  respond: slaLimit.optional().describe('Within what a case is to be answered in substance.'),
  early: slaLimit.optional().describe('Within what a case counts as resolved early.'),
  resolve: slaLimit.optional().describe('Within what a case is to be resolved.'),
});

export type SlaLimit = z.infer<typeof slaLimit>;
export type SlaPolicy = z.infer<typeof slaPolicySchema>;

/**
 * What is wrong between calendars and policies that are each right by themselves: unknown names, names given twice, a limit in opening hours
 * without a calendar.
 * @returns problems by the keys of the configuration: `organisation.calendar`, `sla_policies[0].calendar`
 */
export function checkRules({ calendars, calendar, policies }: BusinessRules): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(calendars);
  const unknown = (name: string) =>
    `"${name}" is no calendar${didYouMean(name, names)}; ${names.length ? `there are ${names.join(', ')}` : 'none are configured'}`;
  const isKnown = (name: string) => Object.hasOwn(calendars, name);
  if (calendar !== null && !isKnown(calendar)) problems.push({ field: 'organisation.calendar', message: unknown(calendar) });
  policies.forEach((policy, i) => {
    const at = `sla_policies[${i}]`;
    if (policies.findIndex((other) => other.name === policy.name) < i)
      problems.push({ field: `${at}.name`, message: `"${policy.name}" is the name of another policy too` });
    if (policy.calendar !== undefined && !isKnown(policy.calendar))
      problems.push({ field: `${at}.calendar`, message: unknown(policy.calendar) });
    if (policy.calendar !== undefined || calendar !== null) return;
    for (const key of ['assign', 'acknowledge', 'respond', 'early', 'resolve'] as const) {
      const unit = limitUnits.find((name) => policy[key]?.[name] !== undefined);
      if (unit?.startsWith('business'))
        problems.push({ field: `${at}.${key}.${unit}`, message: 'needs a calendar: say which in the policy, or under organisation' });
    }
  });
  return problems;
}
