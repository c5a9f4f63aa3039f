import { commonRules } from './model/common-rules.ts';
import { definitionOf, type Definition, type StatementText } from './model/definitions.ts';
import { dimensionNames, dimensionOf } from './model/dimensions.ts';
import { measureNames, measureOf, type MeasureName } from './model/measures.ts';
import { talliesOf, type Frame } from './model/tally.ts';
import { statementTexts } from './statement-texts.ts';

/** T of the example: the end of its year in UTC. */
const exampleT = Date.parse('2025-12-31T23:59:59Z') / 1000;

/**
 * What the printed statements ask: a measure by month of 2025, as known at the end of that year, over all sources. A share of what is filtered by needs a
 * filter, and cases naming an issue are told by issue.
 */
export function exampleFrame(name: MeasureName): Frame {
  const measure = measureOf(name);
  const isWithin = measure.kind === 'ratio' && measure.within !== undefined;
  return {
    from: '2025-01-01',
    to: '2025-12-31',
    grain: 'month',
    by: measure.fact === 'case_issue' ? ['issue'] : [],
    keep: null,
    filter: { members: isWithin ? { issue: [1] } : {}, not: {}, text: [], range: {} },
    through: { sources: [{ source: 1, at: exampleT }], isAll: true },
    business: null,
    currency: 'EUR',
  };
}

/** docs/measures.md: every measure and dimension with all that the model says of it. A test writes it, and fails where it differs. */
export function measuresMarkdown(): string {
  const printed = new Map<string, MeasureName>();
  const measures = measureNames.map((name) => {
    const statements = statementTexts(name, talliesOf(name, exampleFrame(name)), 'sqlite');
    const key = JSON.stringify(statements);
    const same = printed.get(key);
    if (same === undefined) printed.set(key, name);
    return section(definitionOf(name), statements, same);
  });
  return [opening, ...commonRules.map(({ title, text }) => `**${title}.** ${text}`), statementsInWords, '## Measures', ...measures, '## Dimensions', dimensionTable(), ''].join('\n\n'); // prettier-ignore
}

const opening = `# Measures

Every figure, with what it counts, by which date, how it is computed and the SQL that gives it. This page is printed from the model
(\`queries/model/measures.ts\`, \`dimensions.ts\`); a test fails where they differ, and another runs every statement. In the program the same stands
under Data, Definitions, with the SQL of what is being looked at.`;

const statementsInWords = `**The statements.** Each is what the store is asked, with its values written out. The example is the measure by month of 2025, as known at
the end of that year (T = ${exampleT}, seconds since 1970 UTC) by all sources together; amounts are in euros, and what needs an issue has the one with
code 1. They give integers only; how these become the figure is said with each. To run one on a store in a file:
\`sqlite3 -header data/silverlining.sqlite < statement.sql\`. On PostgreSQL bins come as groups of their own instead of a list.`;

function section(definition: Definition, statements: readonly StatementText[], same: MeasureName | undefined): string {
  const { name, label, description, unit, better, date, parts, method, leftOut, needs, reading } = definition;
  const lines = [
    `- Unit: ${unit}; ${better}.`,
    `- Counted by: ${date}.`,
    ...parts.map(({ what, text }) => `- ${what}: ${text}.`),
    `- Method: ${method}`,
    `- Left out: ${leftOut.join('; ')}.`,
    `- A source must provide: ${needs.length ? needs.join('; ') : 'nothing more than cases'}.`,
    `- From the rows to the figure: ${reading}`,
  ];
  const sql = same
    ? [`The same statement as for [${same}](#${same}).`]
    : statements.flatMap((statement) => [
        `\`\`\`sql\n${statement.sql}\n\`\`\``,
        statement.columns.map(({ name: column, what }) => `- \`${column}\`: ${what}`).join('\n'),
      ]);
  return [`### ${name}`, `**${label}.** ${description}`, lines.join('\n'), ...sql].join('\n\n');
}

function dimensionTable(): string {
  const rows = dimensionNames.map((name) => {
    const { label, description, members } = dimensionOf(name);
    return `| \`${name}\` | ${label} | ${description} | ${members?.join(', ') ?? 'as the sources name them'} |`;
  });
  return ['| dimension | label | what it is | members |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
