// time limit: 300 s
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { type Query } from '../../queries/model/query.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { everything, type Sight } from '../../queries/sight.ts';
import { readSmallTeams } from '../../queries/small-teams.ts';
import { equalitySeed } from '../support/equality-seed.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { draws } from '../support/test-store.ts';
import { firstDay } from './random-cases.ts';
import { anyCase, historyNow } from './random-histories.ts';
import { drawnQueries, namedQuery } from './random-queries.ts';
import { answersTo, broadAnswers } from './seen-answers.ts';

const sights = suite('what somebody may see');
const limits = { seed: equalitySeed(), numRuns: draws(6), endOnFailure: true, includeErrorInReport: true };
const window = { from: '2023-12-01', to: '2025-02-28' };
/** All that is asked: everything under the filters of a drawn query, several more queries, and broad ones. */
async function allAnswers(deps: QueryDeps, [first, ...more]: readonly Query[], ids: readonly number[]): Promise<Record<string, string>> {
  const found = { ...(await broadAnswers(deps, window)), ...(first ? await answersTo(deps, first, ids) : {}) };
  for (const query of more) found[JSON.stringify(query)] = (await answersTo(deps, query, [], true)).query ?? '';
  return found;
}

const drawn = fc.array(anyCase, { minLength: 12, maxLength: 40, size: 'max' });

/** Who is limited how, and which cases are theirs. */
const limited: { name: string; sight: Sight; isTheirs: (record: CaseRecord) => boolean }[] = [
  { name: 'a team', sight: { ...everything, rows: { team: ['north'] } }, isTheirs: ({ team }) => team === 'north' },
  {
    name: 'a company and two teams',
    sight: { ...everything, rows: { team: ['north', 'south'], company: ['Acme'] } },
    isTheirs: ({ team, company }) => team !== undefined && company === 'Acme',
  },
  { name: 'their own cases', sight: { ...everything, rows: { agent: ['ann'] } }, isTheirs: ({ agent }) => agent === 'ann' },
  {
    name: 'their own cases in a team that is not there',
    sight: { ...everything, rows: { agent: ['ann'], team: ['nowhere'] } },
    isTheirs: () => false,
  },
  { name: 'nothing', sight: { ...everything, rows: { agent: [] } }, isTheirs: () => false },
];

for (const { name, sight, isTheirs } of limited) {
  sights(`no answer to who sees ${name} changes when other rows come, change and go`, async () => {
    await fc.assert(
      fc.asyncProperty(drawn, drawn, fc.array(drawnQueries, { minLength: 3, maxLength: 3 }), fc.boolean(), async (first, second, queries, isInMemory) => {
        const own = first.filter(isTheirs).map(keyed('own'));
        const [others, changed] = [first, second].map((records) => records.filter((record) => !isTheirs(record)).map(keyed('other')).map(strange));
        await withStore(async (store, load, depsOf) => {
          await load([...own, ...(others ?? [])]);
          const deps = await depsOf(sight, isInMemory);
          const catalog = await readCatalog(store.reader);
          const asked = queries.map((query) => namedQuery(query, catalog));
          const ids = Array.from({ length: own.length + (others?.length ?? 0) }, (_, i) => i + 1);
          const before = await allAnswers(deps, asked, ids);
          await load([...(changed ?? []), ...newcomers.filter((record) => !isTheirs(record)).map(strange)]);
          same(await allAnswers(deps, asked, ids), before);
        });
      }),
      limits,
    );
  }); // prettier-ignore
}

sights('no answer to who sees no persons tells who handled a case, which small team did, or who is vulnerable', async () => {
  const sight = { ...everything, persons: false, text: false, contact: false };
  await fc.assert(
    fc.asyncProperty(drawn, fc.infiniteStream(fc.nat()), fc.array(drawnQueries, { minLength: 3, maxLength: 3 }), fc.boolean(), async (records, numbers, queries, isInMemory) => {
      const draw = () => numbers.next().value as number; // it never ends
      const placed = records.map(keyed('case')).map((record) => handled(record, pairs[draw() % pairs.length]));
      await withStore(async (store, load, depsOf) => {
        await load([...anchors, ...placed]);
        const seeing = async () => depsOf({ ...sight, smallTeams: await readSmallTeams({ reader: store.reader, now: () => historyNow }) }, isInMemory);
        const catalog = await readCatalog(store.reader);
        const asked = queries.map((query) => namedQuery(query, catalog));
        const ids = Array.from({ length: anchors.length + placed.length }, (_, i) => i + 1);
        const deps = await seeing();
        assert.is(deps.sight?.smallTeams.length, 3);
        const before = await allAnswers(deps, asked, ids);
        await load(placed.map((record) => {
          const isSmall = record.team !== 'north';
          const among = pairs.filter(([team]) => (team !== 'north') === isSmall);
          return { ...handled(record, among[draw() % among.length]), vulnerable: draw() % 2 === 0 };
        }));
        const later = await seeing();
        same(await allAnswers(later, asked, ids), before);
      });
    }),
    limits,
  );
}); // prettier-ignore

/** North has six agents and is told by name; east has one and south two, and west with five is put together with them, since three are too few. */
const pairs = [['north', 6], ['west', 5], ['south', 2], ['east', 1]].flatMap(([team, count]) =>
  Array.from({ length: Number(count) }, (_, i) => [String(team), `${String(team)}-${i + 1}`] as const),
); // prettier-ignore
const anchors = pairs.map(([team, agent]): CaseRecord => ({ source_id: agent, kind: 'complaint', received_at: firstDay, team, agent }));

function handled(record: CaseRecord, pair: (typeof pairs)[number] | undefined): CaseRecord {
  const [team, agent] = pair ?? ['north', 'north-1'];
  const surveys = (record.surveys ?? []).map((survey, i) => ({ ...survey, source_id: `${record.source_id}/${i}`, agent }));
  return { ...record, team, agent, surveys };
}

/** Labels, texts and times that nobody had before. */
const newcomers: CaseRecord[] = ['north', 'south', 'elsewhere'].map((team) => ({
  source_id: `new-${team}`, kind: 'complaint', received_at: firstDay - 86_400 * 500, resolved_at: firstDay + 3600, team, company: 'Newcomers', product: 'newcomer',
  issue: 'newcomer', agent: 'zoe', region: 'newland', title: 'newly lost parcel', narrative: 'parcel', redress_amount: '1000000.00', redress_currency: 'USD',
  redress_at: firstDay + 7200,
})); // prettier-ignore

const keyed = (prefix: string) => (record: CaseRecord, i: number) => ({ ...record, source_id: `${prefix}-${i + 1}` });

/** Of another customer, and with no survey about who may see their own: a repeat is a fact about the later case, and an answer about its agent. */
function strange(record: CaseRecord): CaseRecord {
  const surveys = record.surveys?.map((survey) => ({ ...survey, agent: survey.agent === 'ann' ? 'bob' : survey.agent }));
  return {
    ...record,
    ...(record.customer_ref !== undefined && { customer_ref: `other ${record.customer_ref}` }),
    ...(surveys && { surveys: JSON.parse(JSON.stringify(surveys)) as typeof surveys }), // without what is undefined
  };
}

async function withStore(
  work: (
    store: Store,
    load: (records: CaseRecord[]) => Promise<void>,
    depsOf: (sight: Sight, isInMemory: boolean) => Promise<QueryDeps>,
  ) => Promise<void>,
): Promise<void> {
  const temp = await tempStore();
  const { store } = temp;
  const cube = openCube({ reader: store.reader, log: () => undefined });
  try {
    const load = (records: CaseRecord[]) => loadRecords(store, records, { throughAt: historyNow, now: historyNow });
    await work(store, load, async (sight, isInMemory) => {
      if (isInMemory) await cube.fill();
      return {
        reader: store.reader,
        organisation: { name: 'test', zone: null, currency: null },
        now: () => historyNow,
        sight,
        ...(isInMemory && { cube }),
      };
    });
  } finally {
    await cube.close();
    await temp.close();
  }
}

function same(found: Record<string, string>, before: Record<string, string>): void {
  const differing = Object.keys(before).filter((name) => found[name] !== before[name]);
  const [first] = differing;
  if (first === undefined) return;
  const [was, is] = [before[first] ?? '', found[first] ?? ''];
  const at = Math.max(0, [...was].findIndex((character, i) => character !== is[i]) - 200);
  throw new Error(
    `these answers differ: ${differing.join(' · ')}\n${first} was …${was.slice(at, at + 500)}\nand is …${is.slice(at, at + 500)}`,
  );
}

sights.run();
