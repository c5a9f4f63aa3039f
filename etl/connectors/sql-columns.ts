import { BadInput, didYouMean, type Problem } from '../errors.ts';
import type { SqlPlan } from './sql-database.ts';

/** @throws BadInput when the columns found hold a name twice, or lack one of the plan's */
export function checkColumns(plan: SqlPlan, columns: string[]): void {
  const problems: Problem[] = [];
  columns.forEach((name, i) => {
    if (columns.indexOf(name) < i)
      problems.push({ field: 'query', message: `gives two columns called "${name}"; name one otherwise with as` });
    if (name === '__proto__') problems.push({ field: 'query', message: `a column cannot be named "${name}"` });
  });
  const need = (field: string, name: string): void => {
    if (!columns.includes(name))
      problems.push({ field, message: `there is no column "${name}"${didYouMean(name, columns)}; there are ${listed(columns)}` });
  };
  plan.key.forEach((name) => need('key', name));
  if (plan.watermark !== null) need('watermark', plan.watermark);
  if (problems.length) throw new BadInput(problems);
}

function listed(names: string[]): string {
  return names.length > 30 ? `${names.slice(0, 30).join(', ')} and ${names.length - 30} more` : names.join(', ');
}
