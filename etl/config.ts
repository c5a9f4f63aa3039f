import path from 'node:path';
import type { z } from 'zod';
import { withPathsFrom } from './config-path.ts';
import { pathText } from './config-place.ts';
import { digestOf, type DigestConfig } from './config-digest.ts';
import { inOurWords, problemsOf, type ConfigProblem } from './config-problems.ts';
import { procedureOf } from './config-procedure.ts';
import { defaultSatisfaction, satisfactionOf, type SatisfactionConfig } from './config-satisfaction.ts';
import { scheduleOf } from './config-schedule.ts';
import { defaultServer, serverOf, type ServerConfig } from './config-server.ts';
import { anySourceSchema, badCalendarName, calendarName, configSchema, sourceKeys, sourceSchema } from './config-schema.ts';
import { parseConfig, withReferences } from './config-yaml.ts';
import type { OpenIdConfig } from './config-sign-in.ts';
import type { Schedule } from './due.ts';
import { BadInput } from './errors.ts';
import type { Calendar } from './opening-hours.ts';
import { defaultProcedure, type Procedure } from './procedure.ts';
import type { RetentionRule } from './retention.ts';
import { checkRules, slaPolicySchema, type SlaPolicy } from './sla.ts';

export interface SourceConfig {
  name: string;
  /** Name of a connector of `connectors/index.ts`. */
  connector: string;
  /** As the connector's `options` schema reads them: paths absolute, secrets still `${NAME}`. */
  options: unknown;
  /** Name of a map that comes with Silverlining, or the absolute path of another. */
  map: string;
  /** Null: read only when somebody asks, or sent to us. */
  schedule: Schedule | null;
}
export interface Config {
  organisation: {
    name: string;
    zone: string | null;
    currency: string | null;
    /** Name of the calendar that holds where nothing else names one. */
    calendar?: string | null;
  };
  calendars: Record<string, Calendar>;
  slaPolicies: SlaPolicy[];
  procedure: Procedure;
  /** The provider people can sign in with, its secret still `${NAME}`; null for none. */
  openId: OpenIdConfig | null;
  /** By measure, in its unit; names are checked against the model. */
  targets: Record<string, number>;
  satisfaction: SatisfactionConfig;
  digests: DigestConfig[];
  /** Absent: everything is kept. */
  retention?: RetentionRule[];
  server: ServerConfig;
  sources: SourceConfig[];
}

export interface ConfigPlace {
  /** Name of the file, for messages. */
  where: string;
  /** Folder relative paths of the file start from. */
  folder: string;
}

/** What holds without a configuration file: one drop folder `inbox` in the data folder, read with the map `standard` every 15 minutes. */
export function defaultConfig(dataDir: string): Config {
  const options = { path: path.resolve(dataDir, 'inbox') };
  return {
    organisation: { name: 'Silverlining', zone: null, currency: null },
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: defaultServer,
    sources: [{ name: 'inbox', connector: 'folder', options, map: 'standard', schedule: { every: '15m' } }],
  };
}

/**
 * Reads `silverlining.yaml`.
 * @throws BadInput with every problem at once, each by its path, as `sources[0].schedule.every`, and with the line it stands in
 */
export function readConfig(text: string, { where, folder }: ConfigPlace): Config {
  const { value, lineOf } = parseConfig(text, where);
  const problems: ConfigProblem[] = [];
  const written = withReferences(withoutEmptyParts(value), problems);
  const parsed = withPathsFrom(folder, () => configSchema.safeParse(written, { error: inOurWords }));
  if (parsed.error) problems.push(...problemsOf(parsed.error.issues), ...unknownSources(parsed.error, written));
  const sources = tablesOf(written, 'sources');
  problems.push(...sameNames(sources, 'sources'), ...sameNames(tablesOf(written, 'digests'), 'digests'));
  problems.push(...rulesOf(written));
  if (problems.length) {
    const seen = new Set<string>();
    const named = problems.map(({ path: at, message }) => {
      const line = lineOf(at);
      return { field: pathText(at) || where, message: line === null ? message : `${message} (line ${line})` };
    });
    throw new BadInput(named.filter(({ field }) => !seen.has(field) && seen.add(field)));
  }
  const data = parsed.data as z.output<typeof configSchema>; // without problems it was read
  const { name, zone = null, currency = null, calendar } = data.organisation;
  return {
    organisation: { name, zone, currency, ...(calendar === undefined ? {} : { calendar }) },
    calendars: data.calendars,
    slaPolicies: data.sla_policies,
    procedure: procedureOf(data.procedure),
    openId: data.sign_in.openid ?? null,
    targets: data.targets,
    satisfaction: satisfactionOf(data.satisfaction),
    digests: data.digests.map(digestOf),
    ...(data.retention.length > 0 && { retention: data.retention }),
    server: serverOf(data.server),
    sources: data.sources.map(sourceOf),
  };
}

/**
 * Reads one source as `sources:` of the configuration has it.
 * @param value the parsed YAML or JSON of the entry
 * @param folder relative paths of it start from
 * @param others sources whose names are taken
 * @throws BadInput with every problem at once, each by its path in the entry
 */
export function readSource(value: unknown, folder: string, others: readonly Pick<SourceConfig, 'name'>[] = []): SourceConfig {
  const problems: ConfigProblem[] = [];
  const written = withReferences(value, problems);
  const parsed = withPathsFrom(folder, () => sourceSchema.safeParse(written, { error: inOurWords }));
  if (parsed.error) problems.push(...problemsOf(parsed.error.issues), ...restOfUnknown(parsed.error.issues, written));
  if (parsed.data && others.some((other) => other.name === parsed.data.name)) problems.push(...[taken(String(parsed.data.name), [])]);
  if (problems.length) throw new BadInput(problems.map(({ path: at, message }) => ({ field: pathText(at), message })));
  return sourceOf(parsed.data as z.output<typeof sourceSchema>); // without problems it was read
}

function sourceOf(source: Record<string, unknown>): SourceConfig {
  const own = source as z.output<typeof anySourceSchema>; // every connector's schema has these keys
  const options = Object.fromEntries(Object.entries(source).filter(([key]) => !sourceKeys.includes(key)));
  const schedule = own.schedule === undefined ? null : scheduleOf(own.schedule);
  return { name: own.name, connector: own.connector, options, map: own.map, schedule };
}

/** A part whose entries are all commented out is not there. */
function withoutEmptyParts(value: unknown): unknown {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
}

function tablesOf(config: unknown, key: string): Record<string, unknown>[] {
  const list = (config as Record<string, unknown> | null)?.[key];
  return Array.isArray(list)
    ? list.map((item) => (typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {}))
    : [];
}

/** The schema stops at a connector it does not know; what else is wrong with such a source is said all the same. */
function unknownSources(error: z.ZodError, written: unknown): ConfigProblem[] {
  return tablesOf(written, 'sources').flatMap((source, i) => {
    const own = error.issues.filter((issue) => issue.path[0] === 'sources' && issue.path[1] === i);
    const found = restOfUnknown(
      own.map((issue) => ({ ...issue, path: issue.path.slice(2) })),
      source,
    );
    return found.map((problem) => ({ ...problem, path: ['sources', i, ...problem.path] }));
  });
}

function restOfUnknown(issues: readonly z.core.$ZodIssue[], source: unknown): ConfigProblem[] {
  if (!issues.some((issue) => issue.code === 'invalid_union' && issue.path.length === 1 && issue.path[0] === 'connector')) return [];
  const { error } = anySourceSchema.safeParse(source, { error: inOurWords });
  return error ? problemsOf(error.issues) : [];
}

function sameNames(entries: Record<string, unknown>[], list: 'sources' | 'digests'): ConfigProblem[] {
  const names = entries.map((entry) => entry.name);
  const what = list === 'sources' ? 'source' : 'digest';
  return names.flatMap((name, i) => (typeof name === 'string' && names.indexOf(name) < i ? [taken(name, [list, i], what)] : []));
}

function taken(name: string, above: PropertyKey[], what = 'source'): ConfigProblem {
  return { path: [...above, 'name'], message: `"${name}" is the name of another ${what}` };
}

/** Names are compared though something else may be wrong: a part that cannot be read refers to nothing. */
function rulesOf(written: unknown): ConfigProblem[] {
  const { calendars, organisation } = written as { calendars?: unknown; organisation?: { calendar?: unknown } };
  const calendar = organisation?.calendar;
  const found = checkRules({
    calendars: typeof calendars === 'object' ? (calendars as Config['calendars']) : {},
    calendar: typeof calendar === 'string' ? calendar : null,
    policies: tablesOf(written, 'sla_policies').map(
      (policy, i) => slaPolicySchema.safeParse(policy).data ?? { name: `sla_policies[${i}]` },
    ),
  });
  // One that is called as what every object has is left out where the schema is read.
  const misnamed = Object.keys(typeof calendars === 'object' ? (calendars ?? {}) : {}).filter((name) => !calendarName.test(name));
  return [
    ...misnamed.map((name) => ({ path: ['calendars', name], message: badCalendarName })),
    ...found.map(({ field, message }) => ({ path: pathOf(field), message })),
  ];
}

function pathOf(field: string): PropertyKey[] {
  return [...field.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([text, index]) => (index === undefined ? text : Number(index)));
}
