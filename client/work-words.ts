import { countInWords } from '../queries/model/describe.ts';
import type { WorkItem } from '../queries/model/work.ts';
import { wallClock } from './case-words.ts';
import { lengthInWords } from './when-words.ts';

interface Context {
  zone: string;
  /** Milliseconds since 1970 UTC. */
  now: number;
  isLate: boolean;
}

/** How far away what is due is, "3 days late", "in 14 hours", "today"; nothing where nothing was promised. */
export function dueInWords(due: string | null, { zone, now, isLate }: Context): string {
  if (due === null) return '';
  if (due.includes('T')) {
    const away = lengthInWords(Math.abs(now - Date.parse(due)));
    return isLate ? `${away} late` : `in ${away}`;
  }
  const days = Math.round((Date.parse(due) - Date.parse(wallClock(now, zone).date)) / 86_400_000);
  if (days < 0) return `${countInWords(-days, 'day')} late`;
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
}

/** Whether an item is of the owner that is chosen: `nobody`, or `=` and a name, or empty for everybody. */
export function isOwned({ agent }: Pick<WorkItem, 'agent'>, owner: string): boolean {
  return owner === '' || (owner === 'nobody' ? agent === null : owner === `=${agent ?? ''}`);
}

export const teamsOf = (items: readonly WorkItem[]): string[] => namesOf(items.map(({ team }) => team));
export const ownersOf = (items: readonly WorkItem[]): string[] => namesOf(items.map(({ agent }) => agent));

function namesOf(names: readonly (string | null)[]): string[] {
  return [...new Set(names.filter((name) => name !== null))].sort((a, b) => a.localeCompare(b, 'en'));
}
