import { z } from 'zod';
import { defaultProcedure, guidedNames, handlingRoles, stepNames, type Procedure } from './procedure.ts';
import { escalationLevels, severities } from './record.ts';
import { slaLimit } from './sla.ts';

const roles = z.array(z.enum(handlingRoles)).min(1, { error: 'is an empty list; leave it out where whoever handles a case decides it' });
const amount = z
  .number()
  .min(0, { error: 'must not be below 0' })
  .max(1e12, { error: 'is more than any limit can be; leave it out for none' });

const level = z
  .strictObject({
    level: z.enum(escalationLevels).describe('The level; from the front line upwards.'),
    decided_by: roles.optional().describe('Roles that decide cases at this level; left out: whoever handles it.'),
    suggest_when: z
      .strictObject({
        open_for: slaLimit.optional().describe('Received longer ago than that, and still open.'),
        unanswered_for: slaLimit.optional().describe('Received longer ago than that, and not answered in substance.'),
        severity: z.array(z.enum(severities)).min(1).optional().describe('Severities that go up to this level at once.'),
      })
      .optional()
      .describe('When a case should go up to this level; any of them is enough.'),
  })
  .describe('A level that cases are escalated to.');

/** `procedure:` of the configuration. */
export const procedureSchema = z.strictObject({
  steps: z
    .array(z.enum(stepNames))
    .min(1)
    .refine((list) => new Set(list).size === list.length, { error: 'names a step twice' })
    .refine((list) => list.includes('resolve'), { error: 'must hold resolve: every case comes to an end' })
    .optional()
    .describe('What is to be done with every case, in this order; left out: all four. Within what stands in sla_policies.'),
  guidance: z
    .partialRecord(z.enum(guidedNames), z.array(z.string().trim().min(1).max(300)).max(8))
    .default({})
    .describe('Lines that stand beside a form; what is not named keeps the lines that come with Silverlining.'),
  levels: z
    .array(level)
    .refine((list) => list.every((one, i) => i === 0 || rank(one.level) > rank(list[i - 1]?.level ?? one.level)), {
      error: `must go from the front line upwards, each level once: ${escalationLevels.join(', ')}`,
    })
    .default([])
    .describe('Who decides at which level, and when a case should go up to it.'),
  redress_limits: z
    .partialRecord(z.enum(handlingRoles), amount)
    .refine((limits) => handlingRoles.some((role) => limits[role] === undefined), {
      error: 'leaves nobody to approve what is above all of them; leave one role out',
    })
    .default({})
    .describe('The most a role may give without approval, in the currency of the organisation; a role that is not named has no limit.'),
  due_soon_days: z.number().int().min(1).max(60).default(defaultProcedure.dueSoonDays).describe('How many days before it is due a step is due soon.'), // prettier-ignore
  backdating_days: z.number().int().min(0).max(3660).default(defaultProcedure.backdatingDays).describe('How many days back a step may be said to have been done; 0: today only.'), // prettier-ignore
});

const rank = (name: (typeof escalationLevels)[number]) => escalationLevels.indexOf(name);

/** The procedure of a configuration. */
export function procedureOf(written: z.output<typeof procedureSchema>): Procedure {
  return {
    steps: written.steps ?? stepNames,
    guidance: { ...defaultProcedure.guidance, ...written.guidance },
    levels: written.levels.map(({ level: name, decided_by = null, suggest_when: when = {} }) => ({
      level: name,
      decidedBy: decided_by,
      openFor: when.open_for ?? null,
      unansweredFor: when.unanswered_for ?? null,
      severities: when.severity ?? [],
    })),
    redressLimits: written.redress_limits,
    dueSoonDays: written.due_soon_days,
    backdatingDays: written.backdating_days,
  };
}
