import { localDate } from '../etl/local-time.ts';
import { budgetOf } from './budget.ts';
import type { Window } from './model/wire.ts';
import type { QueryDeps } from './prepare.ts';
import { sql } from './sql/fragment.ts';
import { selectRows } from './sql/select.ts';

/** A stretch in which a source that is read again and again could not be. */
export interface ReadFailure {
  /** Name of the source. */
  source: string;
  /** Inclusive local dates; `to` is null while it cannot be read. */
  from: string;
  to: string | null;
}

// A run that fails and is done again within a day leaves nothing out.
const shortFailure = 86_400;

/**
 * The stretches that may touch a period, and perhaps some beside it.
 * @param zone whose dates are told
 */
export async function readFailures(deps: QueryDeps, window: Window, zone: string): Promise<ReadFailure[]> {
  const failures: ReadFailure[] = [];
  let first: Turn | null = null;
  const end = (until: Turn | null): void => {
    if (!first || (until?.at ?? deps.now()) - first.at < shortFailure) return;
    failures.push({ source: first.source, from: localDate(first.at, zone), to: until && localDate(until.at, zone) });
  };
  for (const turn of await turnsOf(deps, window)) {
    if (first && first.source !== turn.source) {
      end(null);
      first = null;
    }
    if (turn.isFailed) first ??= turn;
    else {
      end(turn);
      first = null;
    }
  }
  end(null);
  return failures;
}

/** The seconds UTC that hold a period in any time zone. */
export function instantsAround({ from, to }: Window): [from: number, to: number] {
  const day = 86_400;
  return [Date.parse(from) / 1000 - day, Date.parse(to) / 1000 + 2 * day];
}

/** A run that failed after one that was done, or was done after one that failed. */
interface Turn {
  source: string;
  isFailed: boolean;
  /** Seconds UTC. */
  at: number;
}

/** The turns of each source from its last run that was done before a period to its first after it: runs are many, turns few. */
async function turnsOf(deps: QueryDeps, window: Window): Promise<Turn[]> {
  const again = `kind in ('pull', 'file')`;
  const done = `select started_at from pipeline_run where source = s.source and ${again} and state = 'done' and started_at`;
  const statement = sql(
    `with reach as (
      select source, name, (${done} < ? order by started_at desc limit 1) as since, (${done} > ? order by started_at limit 1) as until
      from source_state as s
    ), runs as (
      select name, run_id, state, started_at, lag(state) over (partition by reach.source order by run_id) as earlier
      from reach join pipeline_run on pipeline_run.source = reach.source
        and started_at >= coalesce(since, 0) and started_at <= coalesce(until, ${Number.MAX_SAFE_INTEGER})
      where ${again} and state <> 'running'
    )
    select name, state, started_at from runs where (state = 'failed') <> (coalesce(earlier, 'done') = 'failed') order by name, run_id`,
    ...instantsAround(window),
  );
  const rows = await selectRows(deps.reader, statement, budgetOf(deps));
  return rows.map(({ name, state, started_at }) => ({ source: String(name), isFailed: state === 'failed', at: Number(started_at) }));
}
