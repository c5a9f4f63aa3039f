import type { BusinessRules } from './business-rules.ts';
import { dayNumber } from './local-time.ts';
import type { Calendar } from './opening-hours.ts';

/** Which cases a change of the rules concerns. */
export type Concerned = 'none' | 'all' | { since: number };

// Local days begin and end up to 14 hours from those of UTC.
const slackDays = 2;

/**
 * Which cases can come out otherwise under other rules. Holidays are added every year, and concern only cases with a time or a deadline from the
 * first of them on: seconds UTC.
 */
export function differenceOf(before: BusinessRules, after: BusinessRules): Concerned {
  if (JSON.stringify(withoutHolidays(before)) !== JSON.stringify(withoutHolidays(after))) return 'all';
  const changed = Object.keys(after.calendars).flatMap((name) => {
    const [old, now] = [datesOf(before.calendars[name]), datesOf(after.calendars[name])];
    return [...old.filter((date) => !now.includes(date)), ...now.filter((date) => !old.includes(date))];
  });
  const first = changed.sort()[0];
  return first === undefined ? 'none' : { since: (dayNumber(first) - slackDays) * 86_400 };
}

// Until when a case should have an owner or an answer is worked out where it is shown, and kept with none.
function withoutHolidays({ calendars, calendar, policies }: BusinessRules): unknown {
  return [
    calendar,
    policies.map((policy) => ({ ...policy, assign: undefined, respond: undefined })),
    Object.entries(calendars).map(([name, { zone, hours }]) => [name, zone, hours]),
  ];
}

function datesOf(calendar: Calendar | undefined): string[] {
  return (calendar?.holidays ?? []).map((holiday) => (typeof holiday === 'string' ? holiday : holiday.date));
}
