import type { Problem } from '../../etl/errors.ts';
import { flagRules } from '../../etl/record.ts';
import { followUpStateNames } from '../../queries/model/follow-up.ts';
import { unknownPart } from '../problem-words.ts';

export const tabNames = ['sources', 'runs', 'rejected', 'flagged', 'labels', 'new'] as const;
export type Tab = (typeof tabNames)[number];

/** Which rows of a list: those that wait, rejected rows that were settled, or changes that were made. */
export const listStates = ['waiting', 'settled', 'changes'] as const;
export type ListState = (typeof listStates)[number];

/** Low scores in which state. */
export const followUpChoices = [...followUpStateNames, 'all'] as const;
export type FollowUpChoice = (typeof followUpChoices)[number];

/** Which list a page shows, which page of it, and what of it is opened. */
export interface Place {
  tab: Tab;
  /** From 1. */
  page: number;
  run: number | null;
  /** A rule of `flagRules`; empty for any. */
  rule: string;
  state: ListState;
  /** Which low scores are listed. */
  follow_up: FollowUpChoice;
  /** The rejected row that is opened. */
  row: number | null;
  /** Names as they are; empty for none: the source, the field and reason of rejected rows, the value to be placed, its dimension and its source. */
  source: string;
  field: string;
  reason: string;
  dimension: string;
  value: string;
  origin: string;
  /** The kind of place a new source is. */
  connector: string;
}

// The server's own bound.
const mostPages = 1_000_000;

/**
 * Reads from an address which list is shown and what of it.
 * @returns defaults for what is absent or bad, and a problem for each bad part
 */
export function placeFromSearch(search: string): { place: Place; problems: Problem[] } {
  const parameters = new URLSearchParams(search);
  const problems: Problem[] = [];
  const whole = (name: string, most: number): number | null => {
    const text = parameters.get(name);
    if (text === null) return null;
    if (/^[1-9]\d{0,14}$/.test(text) && Number(text) <= most) return Number(text);
    problems.push({ field: name, message: `“${text}” is not a whole number from 1` });
    return null;
  };
  const oneOf = <T extends string>(name: string, known: readonly T[], usual: T): T => {
    const text = parameters.get(name);
    const found = known.find((one) => one === text);
    if (text !== null && !found) problems.push(unknownPart(name, text, known));
    return found ?? usual;
  };
  const text = (name: string): string => parameters.get(name) ?? '';
  const tab = oneOf('tab', tabNames, 'sources');
  const rule = text('rule');
  const isRule = Object.hasOwn(flagRules, rule);
  if (rule && !isRule) problems.push(unknownPart('rule', rule, Object.keys(flagRules)));
  const place: Place = {
    tab,
    page: whole('page', mostPages) ?? 1,
    run: whole('run', Number.MAX_SAFE_INTEGER),
    rule: isRule ? rule : '',
    state: oneOf('state', listStates, 'waiting'),
    follow_up: oneOf('follow_up', followUpChoices, 'to_follow_up'),
    row: whole('row', Number.MAX_SAFE_INTEGER),
    source: text('source'),
    field: text('field'),
    reason: text('reason'),
    dimension: text('dimension'),
    value: text('value'),
    origin: text('origin'),
    connector: text('connector'),
  };
  return { place, problems };
}

/**
 * Address of a place of the data page.
 * @param place what differs from the default; an absent part is the default
 */
export function placeHref(place: Partial<Place>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(place)) {
    const isUsual = value === null || value === '' || value === usual[name];
    if (!isUsual) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `/data?${text}` : '/data';
}

const usual: Record<string, unknown> = { tab: 'sources', page: 1, state: 'waiting', follow_up: 'to_follow_up' };
