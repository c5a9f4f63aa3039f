import { textOf, valueAt } from '../../json-rows.ts';
import type { Check } from './options-parts.ts';
import { fill, type Scope } from './template.ts';

/** Whether everything a check claims of `value` is true. Numbers are compared as numbers, also where the source writes them as texts. */
export function holds(check: Check, value: unknown, scope: Scope = {}): boolean {
  const found = valueAt(value, check.at);
  const text = textOf(found);
  const filled = (given: string): string | null => fill(given, scope);
  const equals = (given: string | number | boolean | null): boolean => {
    if (given === null) return found === null || found === undefined;
    if (typeof given === 'number') return text !== '' && Number(text) === given;
    return typeof given === 'string' ? text === filled(given) : text === String(given);
  };
  const endsWith = (given: string): boolean => {
    const end = filled(given);
    return end !== null && text.endsWith(end);
  };
  if (check.is !== undefined && !equals(check.is)) return false;
  if (check.is_not !== undefined && equals(check.is_not)) return false;
  if (check.above !== undefined && !(text !== '' && Number(text) > check.above)) return false;
  if (check.below !== undefined && !(text !== '' && Number(text) < check.below)) return false;
  if (check.ends_with !== undefined && !endsWith(check.ends_with)) return false;
  return check.ends_not_with === undefined || !endsWith(check.ends_not_with);
}

/** Whether all checks hold; with none they do. */
export function allHold(checks: readonly Check[], value: unknown, scope: Scope = {}): boolean {
  return checks.every((check) => holds(check, value, scope));
}
