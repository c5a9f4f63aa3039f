// time limit: 120 s
// one run: runs the statements of docs/measures.md, which are those for SQLite
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import type { CaseRecord } from '../../etl/record.ts';
import { openBudget } from '../../queries/budget.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { exampleFrame, measuresMarkdown } from '../../queries/definitions-markdown.ts';
import { sqlExecutor } from '../../queries/executor.ts';
import { dimensionNames } from '../../queries/model/dimensions.ts';
import { measureNames, type MeasureName } from '../../queries/model/measures.ts';
import { talliesOf, type TallyRow } from '../../queries/model/tally.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { firstDay, randomCases } from './random-cases.ts';

const file = new URL('../../docs/measures.md', import.meta.url);
const day = 86_400;
const docs = suite('docs/measures.md');

type StatementRow = Record<string, string | number | null>;

/** The sections of the page by measure, the statements in each; a section that names another has that one's. */
function printedStatements(page: string): Map<MeasureName, string[]> {
  const sections = new Map(page.split(/^### /m).slice(1).map((part) => [part.slice(0, part.indexOf('\n')), part.split(/^## /m)[0] ?? ''] as const)); // prettier-ignore
  return new Map(
    measureNames.map((name) => {
      const own = sections.get(name) ?? '';
      const same = /The same statement as for \[(\w+)\]/.exec(own)?.[1];
      const found = [...(same ? (sections.get(same) ?? '') : own).matchAll(/```sql\n([^`]+)\n```/g)].map((match) => match[1] ?? '');
      return [name, found] as const;
    }),
  );
}

/** What a reader makes of the rows of a statement: months, whose sums are added up and whose bins are counted. */
function byMonth(rows: readonly StatementRow[]): Record<string, Record<string, number>> {
  const months: Record<string, Record<string, number>> = {};
  for (const row of rows) {
    // What lies before the year is in stocks only, all together.
    const day = String(row.t_bucket);
    const month = (months[`${day < '2025' ? 'before' : day.slice(0, 7)} ${row.t_key0 ?? ''}`] ??= {});
    const add = (name: string, value: number) => (month[name] = (month[name] ?? 0) + value);
    for (const [name, value] of Object.entries(row)) {
      if (name.startsWith('t_sum')) add(name, Number(value));
      if (name === 't_bins' && value !== null) for (const bin of String(value).split(' ')) add(`bin ${bin}`, 1);
    }
  }
  return months;
}

/** The same of what an executor answers. */
function tallied(rows: readonly TallyRow[]): Record<string, Record<string, number>> {
  const months: Record<string, Record<string, number>> = {};
  for (const { bucket, keys, bins, sums } of rows) {
    const month = (months[`${bucket ? bucket.slice(0, 7) : 'before'} ${keys.join(',')}`] ??= {});
    const add = (name: string, value: number) => (month[name] = (month[name] ?? 0) + value);
    sums.forEach((value, i) => add(`t_sum${i}`, value));
    for (let i = 0; i < (bins?.length ?? 0); i += 2) add(`bin ${bins?.[i]}`, bins?.[i + 1] ?? 0);
  }
  return months;
}

docs('is what the model says (WRITE_MEASURES=1 npm test writes it anew)', async () => {
  const text = await format(measuresMarkdown(), { ...(await resolveConfig(file.pathname)), parser: 'markdown' });
  if (process.env.WRITE_MEASURES) writeFileSync(file, text);
  assert.is(readFileSync(file, 'utf8'), text, 'docs/measures.md is not up to date');
});

docs('has every measure and every dimension, and statements for each measure', () => {
  const page = readFileSync(file, 'utf8');
  for (const [name, statements] of printedStatements(page)) assert.ok(statements.length > 0, name);
  for (const name of dimensionNames) assert.match(page, new RegExp(`^\\| \`${name}\``, 'm'));
});

docs('prints statements that run as they stand and give the integers of the executors', async () => {
  const { store, close } = await tempStore();
  const cube = openCube({ reader: store.reader, log: () => undefined });
  try {
    const records = fc.sample(randomCases, { numRuns: 40, seed: 7 }).flat();
    await loadRecords(
      store,
      records.map((record, i) => rounded(record, i)),
      { throughAt: firstDay + 900 * day, currency: 'EUR' },
    );
    await cube.fill();
    const executors = [sqlExecutor(store.reader), await cube.executor()];
    let run = 0;
    for (const [name, statements] of printedStatements(readFileSync(file, 'utf8'))) {
      const tallies = talliesOf(name, exampleFrame(name));
      assert.is(statements.length, tallies.length, name);
      for (const executor of executors) {
        assert.ok(executor);
        const answers = await executor.tally(tallies, openBudget());
        for (const [i, statement] of statements.entries()) {
          const rows = await store.reader.raw<StatementRow[]>(statement);
          run += 1;
          const found = byMonth(rows);
          assert.equal(found, tallied(answers[i] ?? []), `${name} by ${executor.name}`);
          assert.ok(Object.keys(found).length > 0, `${name}: the example counts something`);
        }
      }
    }
    assert.ok(run >= 2 * measureNames.length, `${run} statements`);
  } finally {
    await cube.close();
    await close();
  }
});

/** A case around the turn of the year, so that stocks do not begin at nought, with what figures depend on and random cases lack. */
function rounded(record: CaseRecord, i: number): CaseRecord {
  const later = moved(record, 260 * day);
  const limit = (days: number) => (Number(later.received_at) || Date.parse(String(later.received_at)) / 1000) + days * day;
  return {
    ...later,
    source_id: `case ${i}`,
    ...(i % 3 === 0 && { controllability: 'agent behaviour', theme: 'tone' }),
    acknowledgement_due_at: limit(i % 9),
    summary_due_at: limit(i % 20),
    ...(i % 2 === 0 && { first_response_at: limit(i % 5) }),
    surveys: [
      ...(later.surveys ?? []),
      ...(i % 4 === 0 ? [{ kind: 'ces', scale: '1-5', score: 1 + (i % 5), answered_at: limit(i % 30) } as const] : []),
    ],
  };
}

/** A value with every time in it so many seconds later. */
function moved<T>(value: T, seconds: number): T {
  if (Array.isArray(value)) return value.map((part: unknown) => moved(part, seconds)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const later = (when: unknown) =>
    typeof when === 'number' ? when + seconds : new Date(Date.parse(String(when)) + seconds * 1000).toISOString().slice(0, 10);
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => [
    key,
    key.endsWith('_at') ? later(part) : moved(part, seconds),
  ]);
  return Object.fromEntries(entries) as T;
}

docs.run();
