import type { FactName } from '../model/measure.ts';
import type { Grain } from '../model/buckets.ts';
import { bands } from '../model/dimensions.ts';
import { then, type Context } from './context.ts';
import { inside, join, sql, type Fragment } from './fragment.ts';

/** The column that holds the code of a dimension; a name with "+" before it is kept from choosing an index. */
export function dimensionColumn(name: string, fact: FactName): string {
  const plus = name.startsWith('+') ? '+' : '';
  const bare = plus ? name.slice(1) : name;
  if (fact === 'case_issue' && (bare === 'issue' || bare === 'sub_issue')) return `i.${bare}`;
  if (fact === 'survey' && bare === 'agent') return '(case when f.agent_credited > 0 then f.agent_credited else f.agent end)';
  return `${plus}f.${bare === 'vulnerable' ? 'is_vulnerable' : bare}`;
}

/** The code of a band from 1, 0 outside them all; null for dimensions that are columns. */
export function bandColumn(name: string, context: Context): Fragment | null {
  if (name === 'wait_band') {
    const isResolved = join([sql('f.resolution_minutes is not null and f.resolved_at'), then(context)], ' <= ');
    return bandCase(isResolved, sql('f.resolution_minutes'), 1440);
  }
  if (name === 'age_band') {
    const isOpen = join(
      [
        sql('f.received_at is not null and f.is_ended_on_unknown_date = 0 and'),
        inside(join([sql('f.ended_at is null or f.ended_at'), then(context)], ' > ')),
      ],
      ' ',
    );
    return bandCase(isOpen, inside(join([then(context), sql('f.received_at')], ' - ')), 86_400);
  }
  return null;
}

/** First date of the bucket of a date column, as text `YYYY-MM-DD`. */
export function bucketColumn(on: string, grain: Grain, engine: Context['engine']): string {
  switch (grain) {
    case 'day':
      return on;
    case 'week':
      return engine === 'sqlite' ? `date(${on}, 'weekday 0', '-6 days')` : `to_char(date_trunc('week', ${on}::date), 'YYYY-MM-DD')`;
    case 'month':
      return `substr(${on}, 1, 7) || '-01'`;
    case 'quarter': {
      const month = `substr(${on}, 6, 2)`;
      return `substr(${on}, 1, 5) || case when ${month} < '04' then '01' when ${month} < '07' then '04' when ${month} < '10' then '07' else '10' end || '-01'`;
    }
    case 'year':
      return `substr(${on}, 1, 4) || '-01-01'`;
  }
}

function bandCase(when: Fragment, value: Fragment, unit: number): Fragment {
  const pieces = [join([sql('case when not'), inside(when), sql('then 0')], ' ')];
  bands.forEach((band, i) => {
    pieces.push(band.below === null ? sql(`else ${i + 1}`) : join([sql('when'), value, sql(`< ${band.below * unit} then ${i + 1}`)], ' '));
  });
  return inside(join([...pieces, sql('end')], ' '));
}
