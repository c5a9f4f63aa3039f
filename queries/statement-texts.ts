import { describeSum } from './model/condition-words.ts';
import { rowsInWords, type DefinitionSqlJson, type StatementText } from './model/definitions.ts';
import { dimensionOf } from './model/dimensions.ts';
import { meanScores, type Measure } from './model/measure.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { Query } from './model/query.ts';
import type { Tally } from './model/tally.ts';
import { isoText } from '../etl/time.ts';
import { measureTallies } from './figures.ts';
import { prepareAll, type QueryDeps } from './prepare.ts';
import type { Context } from './sql/context.ts';
import { printSelect } from './sql/printed.ts';
import { engineOf } from './sql/select.ts';
import { isSame, planStatements, positionOf, sharedConditions, type Statement } from './sql/statements.ts';
import { listsBins, selectOf } from './sql/tallies.ts';

/**
 * The statements by which the store answers a query, a measure at a time, for a person to read and run. What it is compared with is not among them,
 * nor what a limit leaves over.
 * @throws BadInput for unknown labels, with near names
 */
export async function readStatementTexts(deps: QueryDeps, query: Query): Promise<DefinitionSqlJson> {
  const engine = engineOf(deps.reader);
  const [prepared] = await prepareAll(deps, [{ ...query, compare: null, limit: null }]);
  if (!prepared) throw new Error('a query that was not made ready'); // each query gives one
  const { current, scope } = prepared;
  return {
    engine,
    asOf: isoText(scope.at),
    measures: prepared.measures.map(({ name, through, isMissing, notes }) => {
      const isKnown = !isMissing && current.stretches.length > 0;
      const tallies = isKnown ? measureTallies(prepared, name, through, current, null) : [];
      const unknown = current.stretches.length ? [] : ['nothing is known of this period yet'];
      return {
        name,
        statements: statementTexts(name, tallies, engine),
        notes: [...notes.map((note) => (note.source ? `${note.source}: ${note.message}` : note.message)), ...unknown],
      };
    }),
  };
}

/** The statements of the tallies of one measure, in the order of its tallies. */
export function statementTexts(name: MeasureName, tallies: readonly Tally[], engine: Context['engine']): StatementText[] {
  const order = ({ users }: Statement) => users[0] ?? 0;
  return planStatements(tallies, listsBins(engine))
    .sort((a, b) => order(a) - order(b))
    .map((statement) => ({ sql: printSelect(selectOf(statement, engine)), columns: columnsOf(name, tallies, statement, engine) }));
}

function columnsOf(
  name: MeasureName,
  tallies: readonly Tally[],
  statement: Statement,
  engine: Context['engine'],
): StatementText['columns'] {
  const { tally, grain, cuts, sums } = statement;
  const measure = measureOf(name);
  const roles = sums.map((): string[] => []);
  for (const index of statement.users)
    tallies[index]?.sums.forEach((sum, i) => roles[positionOf(sum, sums)]?.push(rolesOf(measure)[index]?.[i] ?? ''));
  const shared = sharedConditions(sums);
  const bins = listsBins(engine) ? 't_bins' : 't_bin';
  return [
    ...(grain ? [{ name: 't_bucket', what: grain === 'day' ? 'the day; add days up to periods' : `first date of the ${grain}` }] : []),
    ...(cuts.length ? [{ name: 't_segment', what: 'how many windows have begun by then' }] : []),
    ...tally.by.map((by, i) => ({ name: `t_key${i}`, what: keyInWords(dimensionOf(by)) })),
    ...(tally.bin ? [{ name: bins, what: `the bin${listsBins(engine) ? ' of each case' : ''}` }] : []),
    ...sums.map((sum, i) => {
      // What all ask for is said of the measure.
      const own = { ...sum, where: sum.where.filter((one) => !shared.some((other) => isSame(one, other))) };
      return { name: `t_sum${i}`, what: `${(roles[i] ?? []).join(', and ')}: ${describeSum(own, rowsInWords(measure))}` };
    }),
  ];
}

function keyInWords({ label, type }: ReturnType<typeof dimensionOf>): string {
  const what = `code of ${label.toLowerCase()}`;
  return type === 'label' ? `${what}; its name is in the table of labels, 0 is none` : `${what}, its position in the list; 0 is none`;
}

/** What each sum of the tallies of a measure is to it, in the order of `talliesOf`. */
export function rolesOf(measure: Measure): string[][] {
  switch (measure.kind) {
    case 'count':
      return [measure.sum ? ['the figure', 'what it rests on', 'for its spread'] : ['the figure']];
    case 'stock':
      return [['what came in', 'told beside it'], ['what went out']];
    case 'ratio': {
      const roles = ['the whole'];
      if (measure.sum) roles.push('the numerator');
      if (measure.interval === 'mean')
        for (let score = meanScores.low + 1; score <= meanScores.high; score++) roles.push('for the interval');
      if (measure.interval === 'poisson') roles.push('for the interval');
      if (measure.part || measure.within) roles.push('the numerator');
      if (measure.minus) roles.push('taken off it');
      return [roles];
    }
    case 'percentile':
    case 'survival':
      return [['all of them', 'left out', 'left out']];
  }
}
