// one run: opens its store on PostgreSQL itself
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shardedTables } from '../../etl/store/distribute.ts';
import { openStore } from '../../etl/store/open.ts';
import { answer } from '../../queries/answer.ts';
import { listCases } from '../../queries/cases.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { dimensionNames } from '../../queries/model/dimensions.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { emptyWhere, queryOf, serialiseQuery, type Query } from '../../queries/model/query.ts';
import { startPostgresql } from '../support/postgresql.ts';
import { historyCurrency, loadFirst, loadLater } from './history-store.ts';
import { histories, historyNow, type History } from './random-histories.ts';

const shape = suite('statements about facts');
const fact = new RegExp(`\\b(?:from|join|into|update) (?:${shardedTables.join('|')})\\b`, 'g');
const isOnBothKeys = (sql: string) =>
  /(\w+)\.shard_key = (\w+)\.shard_key and \1\.case_id = \2\.case_id/.test(sql) ||
  /\((?:\w+\.)?shard_key, (?:\w+\.)?case_id\) in \(select (?:\w+\.)?shard_key, (?:\w+\.)?case_id from/.test(sql);

/** What a statement about sharded tables must keep to, so that Citus can run it (docs/scale.md). */
const rules: Record<string, (sql: string) => boolean> = {
  'facts are joined and looked up in one another by shard_key and case_id': (sql) => countFacts(sql) < 2 || isOnBothKeys(sql),
  'what depends on the outer row asks for both keys': (sql) => !/\bexists \(/.test(sql) || isOnBothKeys(sql),
  'the target of a conflict holds shard_key': (sql) => !/on conflict \(/.test(sql) || /on conflict \([^)]*\bshard_key\)/.test(sql),
  'neither key is given another value': (sql) => !/\b(?:shard_key|case_id) = /.test(changed(sql)),
  'values are not made by the server': (sql) => !/^(insert|update)/.test(sql) || !/nextval|now\(\)|random\(|current_timestamp/.test(sql),
  'groups are plain': (sql) => !/grouping sets|rollup|\bcube *\(|percentile_cont|distinct on/.test(sql),
  'no window spans shards': (sql) => !/\bover *\(/.test(sql),
  'only lists of rows are paged by their position': (sql) => !/\boffset\b/.test(sql) || !/group by|count\(|sum\(/.test(sql),
  'rows are not locked one by one': (sql) => !/for update|for share/.test(sql),
  'counts of several facts are statements of their own': (sql) => !/\bunion\b|^with\b/.test(sql),
  'no label is joined to a fact': (sql) => !/join "?label"?\b/.test(sql),
};

shape('keep to what a distributed store can run', async () => {
  const server = await startPostgresql();
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-shape-'));
  const store = await openStore({ dataDir: folder, databaseUrl: server.url });
  const statements = new Set<string>();
  for (const knex of [store.writer, store.reader]) knex.on('query', ({ sql }: Knex.Sql) => statements.add(sql));
  const cube = openCube({ reader: store.reader, log: () => undefined });
  try {
    const [history] = fc.sample(histories.filter(isRich), { numRuns: 1, seed: 11 });
    if (!history) throw new Error('no history was drawn');
    const deps = {
      reader: store.reader,
      organisation: { name: 'test', zone: null, currency: historyCurrency },
      now: () => historyNow,
    };
    await loadFirst(store, history);
    await cube.fill();
    await loadLater(store, history);
    await cube.executor();
    for (const query of representative()) {
      await answer(deps, [query]);
      for (const measure of query.measures) await listCases(deps, { measure, query: serialiseQuery(query), key: {}, size: 2 });
    }
    const about = [...statements].filter((sql) => countFacts(plain(sql)) > 0);
    assert.ok(about.length > 200, `only ${about.length} statements were about facts`);
    for (const kind of ['insert', 'delete', 'update', 'select']) assert.ok(about.some((sql) => sql.startsWith(kind)), `no ${kind} was seen`); // prettier-ignore
    assert.equal(about.flatMap(broken), []);
  } finally {
    await cube.close();
    await store.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

shape('are told when they break a rule', () => {
  const wrong = [
    'select count(*) from case_fact as f join survey_fact as s on s.case_id = f.case_id',
    'select count(*) from case_fact as f where exists (select 1 from case_issue as i where i.case_id = f.case_id)',
    'insert into "case_fact" ("source") select 1 on conflict ("source", "source_id") do nothing',
    'update "case_fact" set "shard_key" = $1 where "case_id" = $2',
    'select source, count(*) from case_fact group by rollup (source)',
    'select kind, count(*) from case_fact group by kind limit 10 offset 20',
    'delete from "survey_fact" where "case_id" in (select "case_id" from "case_fact" where "source" = $1)',
  ];
  assert.equal(
    wrong.filter((sql) => broken(sql).length === 0),
    [],
  );
});

/** Several sources under rules, with enough that changes. */
function isRich({ rules, sources }: History): boolean {
  return rules !== null && sources.length === 3 && sources.every(({ cases, later }) => cases.length > 20 && later.length > 2);
}

/** Every measure in every form of statement there is: by dimensions, steps, windows, members kept, words, ranges, opening hours. */
function representative(): Query[] {
  const base = { from: '2024-01-01', to: '2024-08-31' };
  const some = (at: number) => measureNames.slice(at, at + 12);
  const all = Array.from({ length: Math.ceil(measureNames.length / 12) }, (_, i) => some(i * 12));
  const where = emptyWhere();
  return [
    ...all.map((measures) => queryOf({ ...base, measures, by: ['issue'] })),
    ...all.map((measures) => queryOf({ ...base, measures, by: ['issue', 'source'], grain: 'month', compare: 'previous_period', limit: 1 })),
    ...all.map((measures) => queryOf({ ...base, measures, by: ['issue'], grain: 'week', time: 'business' })),
    ...all.map((measures) => queryOf({ ...base, measures, by: ['issue'], where: { ...where, text: 'los* "parcel late"' } })),
    ...all.map((measures) => queryOf({ ...base, measures, by: ['issue'], where: { ...where, range: { resolution_days: [1, 30], score: [1, 5] } } })),
    ...dimensionNames.map((name) => queryOf({ ...base, measures: ['received', 'csat_rate', 'open'], by: [name], where: { ...where, not: { [name]: ['(none)'] } } })),
  ];
} // prettier-ignore

function broken(sql: string): string[] {
  const text = plain(sql);
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept(text) ? [] : [`${rule}: ${sql}`]));
}

/** Without quotes and lines, in small letters. */
function plain(sql: string): string {
  return sql.toLowerCase().replace(/"/g, '').replace(/\s+/g, ' ');
}

function countFacts(sql: string): number {
  return sql.match(fact)?.length ?? 0;
}

/** What rows that are there already are given; nothing for a statement that changes none. */
function changed(sql: string): string {
  return /(?:^update \S+|do update) set (.*?)(?= from \(| where |$)/.exec(sql)?.[1] ?? '';
}

shape.run();
