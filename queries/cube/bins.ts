import type { BusinessAge, Tally } from '../model/tally.ts';
import { durations, type DurationName } from '../model/measure.ts';
import { nothing } from './columns.ts';
import { Then, type FactView } from './facts.ts';
import type { Selection } from './select.ts';

/** The bin of each selected row, in their order (meaning: `Tally.bin`); {@link nothing} for none. */
export function binsOf({ rows, count }: Selection, bin: NonNullable<Tally['bin']>, view: FactView, then: Then): Int32Array {
  const ageOf = bin.business ? businessAges(bin.business, view, then) : elapsedAges(view, then);
  const ends = view.column(durations[bin.of].end);
  const reached = view.column(binColumn(bin.of, bin.business !== null));
  const impossible = view.column('is_time_impossible');
  const undated = view.column('is_ended_on_unknown_date');
  const sources = view.column('source');
  const bins = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if (impossible[row] === 1 || undated[row] === 1) bins[i] = nothing;
    else if ((ends[row] ?? NaN) <= then.of(sources[row] ?? 0)) bins[i] = reached[row] ?? nothing;
    else {
      const hours = ageOf(row);
      bins[i] = Number.isNaN(hours) ? nothing : -1 - hours;
    }
  }
  return bins;
}

function binColumn(of: DurationName, isBusiness: boolean): string {
  return isBusiness ? `${of}_business_bin` : `${of}_bin`;
}

/** Whole hours from receipt to the end, to T where there is none by then. */
function elapsedAges(view: FactView, then: Then): (row: number) => number {
  const waited = waitedSeconds(view, then);
  return (row) => Math.trunc(waited(row) / 3600);
}

/** Seconds from receipt to the end, to T where there is none by then; none where an end told by its date alone lies before the time of receipt. */
export function waitedSeconds(view: FactView, then: Then): (row: number) => number {
  const [sources, received, ended] = [view.column('source'), view.column('received_at'), view.column('ended_at')];
  return (row) => {
    const t = then.of(sources[row] ?? 0);
    const end = ended[row] ?? NaN;
    return Math.max(0, (end <= t ? end : t) - (received[row] ?? NaN));
  };
}

function businessAges({ calendars }: BusinessAge, view: FactView, then: Then): (row: number) => number {
  const clocks = calendars.map(({ policies, through }) => ({ policies: policies && new Set(policies), then: new Then(through) }));
  const [sources, policy] = [view.column('source'), view.column('sla_policy')];
  const [ended, endedMinutes] = [view.column('ended_at'), view.column('ended_business_minutes')];
  const received = view.column('received_business_seconds');
  return (row) => {
    const source = sources[row] ?? 0;
    if ((ended[row] ?? NaN) <= then.of(source)) {
      const minutes = endedMinutes[row] ?? nothing;
      return minutes === nothing ? NaN : Math.trunc(minutes / 60);
    }
    const clock = clocks.find(({ policies }) => !policies || policies.has(policy[row] ?? 0));
    if (!clock) return NaN;
    const seconds = clock.then.of(source) - (received[row] ?? NaN);
    return seconds < 0 ? 0 : Math.trunc(seconds / 3600);
  };
}
