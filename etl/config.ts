import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { scheduleSteps, weekdays, type Schedule } from './due.ts';
import { BadInput, didYouMean, type Problem } from './errors.ts';
import { isZone } from './time.ts';

export interface SourceConfig {
  name: string;
  connector: 'folder';
  /** Absolute path of the folder. */
  path: string;
  /** Name of a map that comes with Silverlining, or the absolute path of another. */
  map: string;
  schedule: Schedule;
}
export interface Config {
  organisation: { name: string; zone: string | null; currency: string | null };
  sources: SourceConfig[];
}

export interface ConfigPlace {
  /** Name of the file, for messages. */
  where: string;
  /** Folder relative paths of the file start from. */
  folder: string;
}

const reserved = ['entry'];
type Node = Record<string, unknown>;

/** What holds without a configuration file: one drop folder `inbox` in the data folder, read with the map `standard` every 15 minutes. */
export function defaultConfig(dataDir: string): Config {
  return {
    organisation: { name: 'Silverlining', zone: null, currency: null },
    sources: [{ name: 'inbox', connector: 'folder', path: path.resolve(dataDir, 'inbox'), map: 'standard', schedule: { every: '15m' } }],
  };
}

/**
 * Reads `silverlining.yaml`.
 * @throws BadInput with every problem at once, each by its path, as `sources[0].schedule.every`
 */
export function readConfig(text: string, { where, folder }: ConfigPlace): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new BadInput([{ field: where, message: `line ${line}, column ${col}: ${broken.message}` }]);
  }
  const problems: Problem[] = [];
  const say = (field: string, message: string): void => void problems.push({ field, message });
  const root = node(document.toJS() ?? {}, where, ['organisation', 'sources'], say);
  const organisation = readOrganisation(root.organisation ?? {}, say);
  const given = root.sources ?? [];
  if (!Array.isArray(given)) say('sources', 'must be a list, one entry a source');
  const sources = (Array.isArray(given) ? given : []).map((item, i) => readSource(item, `sources[${i}]`, folder, say));
  sources.forEach((source, i) => {
    if (source.name && sources.findIndex((s) => s.name === source.name) < i)
      say(`sources[${i}].name`, `"${source.name}" is the name of another source`);
  });
  if (problems.length) throw new BadInput(problems);
  return { organisation, sources };
}

type Say = (field: string, message: string) => void;

function readOrganisation(value: unknown, say: Say): Config['organisation'] {
  const given = node(value, 'organisation', ['name', 'zone', 'currency'], say);
  const zone = text(given, 'organisation', 'zone', say);
  const currency = text(given, 'organisation', 'currency', say);
  if (zone && !isZone(zone))
    say(
      'organisation.zone',
      `"${zone}" is no time zone; it is a name like Europe/Vienna${didYouMean(zone, Intl.supportedValuesOf('timeZone'))}`,
    );
  if (currency && !/^[A-Z]{3}$/.test(currency)) say('organisation.currency', `"${currency}" is no currency code; it is one like EUR`);
  return { name: text(given, 'organisation', 'name', say) ?? 'Silverlining', zone, currency };
}

function readSource(value: unknown, at: string, folder: string, say: Say): SourceConfig {
  const given = node(value, at, ['name', 'connector', 'path', 'map', 'schedule'], say);
  const need = (key: string): string => {
    const found = text(given, at, key, say);
    if (found === null && given[key] === undefined) say(`${at}.${key}`, 'is missing');
    return found ?? '';
  };
  const name = need('name');
  if (reserved.includes(name)) say(`${at}.name`, `"${name}" is the source of the case-entry form; choose another name`);
  const connector = need('connector');
  if (connector && connector !== 'folder')
    say(`${at}.connector`, `"${connector}" is no connector; there is folder${didYouMean(connector, ['folder'])}`);
  const folderPath = need('path');
  const map = need('map');
  return {
    name,
    connector: 'folder',
    path: path.resolve(folder, folderPath),
    map: /[/\\]|\.ya?ml$/.test(map) ? path.resolve(folder, map) : map,
    schedule: readSchedule(given.schedule, `${at}.schedule`, say),
  };
}

function readSchedule(value: unknown, at: string, say: Say): Schedule {
  // A step alone is enough for most: "schedule: hour".
  const given: Node = typeof value === 'string' ? { every: value } : node(value ?? {}, at, ['every', 'on', 'at', 'zone'], say);
  const { every, on } = given;
  const step = scheduleSteps.find((s) => s === every);
  if (every === undefined) say(`${at}.every`, `is missing; it is one of ${scheduleSteps.join(', ')}`);
  else if (!step) say(`${at}.every`, `${show(every)} is not one of ${scheduleSteps.join(', ')}${didYouMean(show(every), scheduleSteps)}`);
  const schedule: Schedule = { every: step ?? 'day' };
  const time = text(given, at, 'at', say);
  const zone = text(given, at, 'zone', say);
  if (time !== null && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    say(`${at}.at`, `"${time}" is no time of day; it is written "07:30", in quotes`);
  else if (time !== null && (step === '15m' || step === 'hour')) say(`${at}.at`, `goes with day, week or month, not with ${step}`);
  else if (time !== null) schedule.at = time;
  if (zone !== null && !isZone(zone))
    say(`${at}.zone`, `"${zone}" is no time zone; it is a name like Europe/Vienna${didYouMean(zone, Intl.supportedValuesOf('timeZone'))}`);
  else if (zone !== null) schedule.zone = zone;
  if (on === undefined) return schedule;
  const day = weekdays.find((d) => typeof on === 'string' && d === on.toLowerCase());
  if (step === 'week' && day) schedule.on = day;
  else if (step === 'month' && Number.isInteger(on) && Number(on) >= 1 && Number(on) <= 31) schedule.on = Number(on);
  else if (step === 'week')
    say(`${at}.on`, `${show(on)} is no weekday; it is one of ${weekdays.join(', ')}${didYouMean(show(on), weekdays)}`);
  else if (step === 'month') say(`${at}.on`, `${show(on)} is no day of the month; it is a number from 1 to 31`);
  else if (step) say(`${at}.on`, `goes with week or month, not with ${step}`);
  return schedule;
}

function node(value: unknown, at: string, keys: readonly string[], say: Say): Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    say(at, `must be a table of ${keys.join(', ')}`);
    return {};
  }
  for (const key of Object.keys(value)) {
    if (!keys.includes(key))
      say(at.endsWith('.yaml') ? key : `${at}.${key}`, `is no setting here${didYouMean(key, keys)}; there are ${keys.join(', ')}`);
  }
  return value as Node;
}

function text(given: Node, at: string, key: string, say: Say): string | null {
  const value = given[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    say(`${at}.${key}`, `${show(value)} is not text`);
    return null;
  }
  // Only secrets may come from the environment, so that a configuration reads the same on every machine.
  if (value.includes('${')) {
    say(`${at}.${key}`, 'takes no ${NAME} of the environment; only secrets do');
    return null;
  }
  if (value.trim() === '') say(`${at}.${key}`, 'is empty');
  return value;
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}
