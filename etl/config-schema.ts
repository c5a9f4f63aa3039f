import { z } from 'zod';
import { calendarSchema } from './calendar.ts';
import { configPath } from './config-path.ts';
import type { Connector } from './connector.ts';
import { digestSchema, targetSchema } from './config-digest.ts';
import { procedureSchema } from './config-procedure.ts';
import { satisfactionSchema } from './config-satisfaction.ts';
import { scheduleSchema } from './config-schedule.ts';
import { signInSchema } from './config-sign-in.ts';
import { serverSchema } from './config-server.ts';
import { zoneName } from './config-zone.ts';
import { connectors } from './connectors/index.ts';
import { retentionSchema } from './retention.ts';
import { slaPolicySchema } from './sla.ts';

/** Names of the sources that come with Silverlining. */
const reserved = ['entry'];

const organisation = z.strictObject({
  name: z.string().min(1).default('Silverlining').describe('Name of the organisation, as pages and digests show it.'),
  zone: zoneName
    .optional()
    .describe('Time zone of all dates on screen, as Europe/Vienna; without it every source keeps the zone of its map.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'is no currency code; it is one like EUR' })
    .optional()
    .describe('Currency of redress sums, as EUR; money in another one is flagged and left out of sums.'),
  calendar: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the calendar that business time and deadlines are counted by where nothing else names one.'),
});

/** What every source says, whatever its connector. */
const ownKeys = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, { error: 'must be a name of small letters, digits, - and _, at most 63 of them' })
    .refine((name) => !reserved.includes(name), {
      error: ({ input }) => `"${String(input)}" is the source of the case-entry form; choose another name`,
    })
    .describe('Name of the source, as pages and commands show it.'),
  map: configPath((text) => /[/\\]|\.ya?ml$/.test(text)).describe(
    'What the columns mean: a map that comes with Silverlining (a file of fixtures/maps), or the path of your own.',
  ),
  schedule: scheduleSchema
    .optional()
    .describe('When it is read, as hour or as { every: week, on: monday, at: "06:30" }; without it only when somebody asks.'),
};

/** What a source says of itself where its connector is not known. */
export const anySourceSchema = z.object({ ...ownKeys, connector: z.string() });

const sourceSchemas = Object.values(connectors).map((connector: Connector) => {
  const { options, kind } = connector;
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of the connector ${connector.name} are no object`);
  const { name, map, schedule } = ownKeys;
  const shape: Record<string, z.ZodType> = {
    name,
    connector: z.literal(connector.name).describe(connector.description),
    map,
    ...(options.shape as Record<string, z.ZodType>),
    // What is sent to us is never fetched.
    ...(kind === 'push' ? {} : { schedule }),
  };
  return options.safeExtend(shape).describe(connector.description);
});

/** One entry of `sources:`; its connector says what else it holds. */
export const sourceSchema = z.discriminatedUnion('connector', sourceSchemas as [z.ZodObject, ...z.ZodObject[]]); // there are connectors

/** The keys of a source that are no options of its connector. */
export const sourceKeys = ['connector', ...Object.keys(ownKeys)] as const;

/** What a calendar may be called. Names of properties that every object has are none. */
export const calendarName = /^[\p{L}\d][\p{L}\d _.-]*$/u;
export const badCalendarName = 'is no name of a calendar: begin with a letter or a digit';

/** The whole of `silverlining.yaml`. */
export const configSchema = z.strictObject({
  organisation: organisation.prefault({}).describe('Who we are.'),
  calendars: z
    .record(z.string().regex(calendarName, { error: badCalendarName }), calendarSchema)
    .default({})
    .describe('Opening hours and holidays by name; business time and deadlines are counted by them.'),
  sla_policies: z
    .array(slaPolicySchema)
    .default([])
    .describe('Within what a case is to be acknowledged and resolved; the first policy that fits a case holds.'),
  procedure: procedureSchema.prefault({}).describe('How cases are handled: steps, who decides what, and what to bear in mind.'),
  sign_in: signInSchema.prefault({}).describe('How people sign in beside passwords and links.'),
  targets: z
    .record(z.string(), targetSchema)
    .default({})
    .describe('What is wanted of measures, by their names, as on_time_rate: 90%; digests say whether it is reached.'),
  satisfaction: satisfactionSchema.prefault({}).describe('How customers of cases that were entered here are asked how satisfied they are.'),
  digests: z.array(digestSchema).default([]).describe('Reports that are sent by mail, each by its own schedule.'),
  retention: retentionSchema
    .default([])
    .describe('How long it is kept who a customer is and what was written, by kind of case; counts stay. Without it, for ever.'),
  server: serverSchema.describe('Who is in front of the server, and how many requests it answers.'),
  sources: z.array(sourceSchema).default([]).describe('Where records come from.'),
});

/** The JSON Schema of `silverlining.yaml`, by which editors complete and check it. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, {
    target: 'draft-07',
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema: { properties, description } }) {
      // What chooses a form of several is described by the form.
      for (const property of Object.values(properties ?? {}))
        if (typeof property === 'object' && property.const !== undefined && description) property.description ??= description;
    },
  });
  return { ...schema, title: 'silverlining.yaml', description: 'Configuration of Silverlining.' };
}
