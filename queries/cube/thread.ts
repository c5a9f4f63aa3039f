import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BadInput } from '../../etl/errors.ts';
import { openBudget } from '../budget.ts';
import { take } from './blocks.ts';
import { collect } from './collect.ts';
import type { HeldTable } from './columns.ts';
import { Facts } from './facts.ts';
import type { Bench, Done, Forget, Given, Had, Job, Wanted } from './job.ts';
import { openPass } from './pass.ts';
import type { StoredRows } from './table.ts';

// The other side is threads.ts.
const { columns, answered } = workerData as Bench;
let facts: Facts | null = null;
let version = -1;
/** Columns as they were had, whole, by table and name. */
const had = new Map<string, Had>();

parentPort?.on('message', (message: Given | Job | Forget) => {
  if (message.is === 'job') return parentPort?.postMessage(doneWith(message));
  had.clear();
  if (message.is === 'facts') facts = factsOf(message);
  else if (message.all) facts = null;
  else facts?.forget();
  collect();
});

function doneWith(job: Job): Done {
  const { id } = job;
  try {
    return { id, rows: rowsOf(job) };
  } catch (error) {
    if (error instanceof BadInput) return { id, isTooMuch: true };
    return { id, failed: error instanceof Error ? error.message : String(error) };
  }
}

function rowsOf({ statements, found, room, mostGroups, blocks, claims, who, of, ...job }: Job): Extract<Done, { rows: unknown }>['rows'] {
  if (!facts) throw new Error('there are no facts');
  if (!claims.includes(0)) return statements.map(() => []);
  if (job.version !== version) facts.changed();
  version = job.version;
  const budget = openBudget({ most: { groups: mostGroups } });
  const cases = { text: found.text && new Set(found.text), score: found.score && new Set(found.score) };
  const pass = openPass(facts, statements, { found: cases, budget, room });
  for (const [from, to] of take(blocks, claims, who, of)) for (let index = from; index < to; index++) pass.over(index);
  return pass.rows();
}

function factsOf({ tables }: Given): Facts {
  const rows = (table: HeldTable): StoredRows => ({
    ...tables[table],
    chunk(column, index) {
      const key = `${table}.${column}`;
      const chunks = had.get(key) ?? pull({ table, column });
      had.set(key, chunks);
      const chunk = chunks?.[index];
      if (!chunk) throw new Error(`${key} cannot be had`);
      return chunk;
    },
  });
  return new Facts({ case_fact: rows('case_fact'), survey_fact: rows('survey_fact'), case_issue: rows('case_issue') });
}

/** Sleeps until the column is there. */
function pull(wanted: Wanted): Had {
  Atomics.store(answered, 0, 0);
  columns.postMessage(wanted);
  Atomics.wait(answered, 0, 0);
  return (receiveMessageOnPort(columns)?.message ?? null) as Had;
}
