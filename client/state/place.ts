import type { Problem } from '../../etl/errors.ts';
import { flagRules } from '../../etl/record.ts';
import { unknownPart } from '../problem-words.ts';

export const tabNames = ['sources', 'runs', 'rejected', 'flagged'] as const;
export type Tab = (typeof tabNames)[number];

/** Which list a page shows, and which page of it. */
export interface Place {
  tab: Tab;
  /** From 1. */
  page: number;
  run: number | null;
  /** A rule of `flagRules`; empty for any. */
  rule: string;
}

// The server's own bound.
const mostPages = 1_000_000;

/**
 * Reads `tab`, `page`, `run` and `rule` from an address.
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
  const tab = parameters.get('tab');
  const known = tabNames.find((name) => name === tab);
  if (tab !== null && !known) problems.push(unknownPart('tab', tab, tabNames));
  const rule = parameters.get('rule') ?? '';
  const isRule = Object.hasOwn(flagRules, rule);
  if (rule && !isRule) problems.push(unknownPart('rule', rule, Object.keys(flagRules)));
  const place = {
    tab: known ?? 'sources',
    page: whole('page', mostPages) ?? 1,
    run: whole('run', Number.MAX_SAFE_INTEGER),
    rule: isRule ? rule : '',
  };
  return { place, problems };
}
