import { dateOf, dayOf } from '../queries/cube/days.ts';
import type { Facts, FactView } from '../queries/cube/facts.ts';
import { packings } from '../queries/cube/packed.ts';
import { kaplanMeier, survivalQuantile } from '../queries/stats/kaplan-meier.ts';
import { factDays, factsKnownAt } from './engine-facts.ts';
import { panelDays, panelProducts, type Integers } from './engine-panels.ts';

const firstDay = dayOf(factDays.from);
const [from, to] = [dayOf(panelDays.from), dayOf(panelDays.to)];
const months = 36;
/** Months from the first of the facts, by days from it; deadlines lie up to 56 days behind the last, in months nobody looks at. */
const monthOf = Uint8Array.from({ length: 1300 }, (_, i) => {
  const date = dateOf(firstDay + i);
  return (Number(date.slice(0, 4)) - 2023) * 12 + Number(date.slice(5, 7)) - 1;
});
const widths = { issue: 41, team: 13, channels: 9, product: 13 };
/** Places of a month: minutes up to two days, hours up to 400, days up to 1,100, and then the hours of those open. */
const bins = { hour: 2_880, day: 2_880 + 9_552, open: 2_880 + 9_552 + 700, size: 2_880 + 9_552 + 700 + 26_400 };

/** What the pass counts, month by month and code by code. */
export interface FloorCounts {
  received: Int32Array;
  issue: Int32Array;
  issueMonth: Int32Array;
  bin: Int32Array;
  due: Int32Array;
  onTime: Int32Array;
  entered: Int32Array;
  left: Int32Array;
  answered: Int32Array;
  satisfied: Int32Array;
  channelTeam: Int32Array;
  redress: Float64Array;
  paid: Int32Array;
}

/**
 * The integers of the nine panels by a loop over the cube's columns, written for these panels and nothing else: what reading and counting cost when
 * nothing has to be general.
 */
export function floorPass(facts: Facts): FloorCounts {
  const counts: FloorCounts = {
    received: new Int32Array(48), issue: new Int32Array(widths.issue), issueMonth: new Int32Array(widths.issue * 48), bin: new Int32Array(months * bins.size),
    due: new Int32Array(48), onTime: new Int32Array(48), entered: new Int32Array(48), left: new Int32Array(48), answered: new Int32Array(48),
    satisfied: new Int32Array(48), channelTeam: new Int32Array(widths.channels * widths.team), redress: new Float64Array(widths.product),
    paid: new Int32Array(widths.product),
  }; // prettier-ignore
  passCases(facts, counts);
  passSurveys(facts, counts);
  return counts;
}

/** The values of a chunk of a column; of none there stands what lies below every instant, day and code. */
type Values = Int32Array;
const chunkReader = (view: FactView, index: number) => (name: string) => view.column(name).chunk(index).values as Values; // whole numbers, whatever their bits

/** Every position is below the size, and a check a cell would take half of the time: hence the marks of non-null. */
function passCases(facts: Facts, c: FloorCounts): void {
  const view = facts.view('case');
  for (let index = 0; index < view.chunks; index++) passCaseChunk(view, index, c);
}

function passCaseChunk(view: FactView, index: number, c: FloorCounts): void {
  const column = chunkReader(view, index);
  const alive = view.alive.chunk(index).values;
  const [kind, product, duplicate] = [column('kind'), column('product'), column('is_duplicate')];
  const [receivedOn, dueOn, endedOn, redressOn] = [column('received_on'), column('due_on'), column('ended_on'), column('redress_on')];
  const [issue, channel, team] = [column('issue'), column('channel'), column('team')];
  const [receivedAt, dueAt, resolvedAt, endedAt] = [column('received_at'), column('due_at'), column('resolved_at'), column('ended_at')];
  const [bin, impossible, onTime] = [column('resolution_bin'), column('is_time_impossible'), column('is_on_time')];
  const [minor, currency] = [column('redress_minor'), column('redress_currency')];
  const euro = view.wordIn('redress_currency', 'EUR');
  const t = factsKnownAt;
  const [least, most] = [panelProducts[0], panelProducts[2]];
  const size = view.rowsIn(index);
  for (let row = 0; row < size; row++) {
    if (alive[row] === 0 || kind[row] !== 1 || duplicate[row] !== 0) continue;
    const of = product[row]!;
    if (of < least || of > most || receivedAt[row]! > t) continue;
    const on = receivedOn[row]!;
    const month = monthOf[on - firstDay]!;
    const isResolved = resolvedAt[row]! >= 0 && resolvedAt[row]! <= t;
    const isEnded = endedAt[row]! >= 0 && endedAt[row]! <= t;
    c.entered[month]! += 1;
    if (on >= from && on <= to) {
      c.received[month]! += 1;
      c.issue[issue[row]!]! += 1;
      c.issueMonth[issue[row]! * 48 + month]! += 1;
      c.channelTeam[channel[row]! * widths.team + team[row]!]! += 1;
      if (impossible[row] === 0) {
        const place = isResolved ? bin[row]! : bins.open + Math.trunc((t - receivedAt[row]!) / 3600);
        c.bin[month * bins.size + place]! += 1;
      }
    }
    const due = dueOn[row]!;
    if (due >= from && due <= to && dueAt[row]! <= t && (isResolved || !isEnded)) {
      c.due[monthOf[due - firstDay]!]! += 1;
      c.onTime[monthOf[due - firstDay]!]! += onTime[row]!;
    }
    if (isEnded) c.left[monthOf[endedOn[row]! - firstDay]!]! += 1;
    const paidOn = redressOn[row]!;
    if (currency[row] === euro && paidOn >= from && paidOn <= to) {
      c.redress[of]! += minor[row]!;
      c.paid[of]! += minor[row]! >= 1 ? 1 : 0;
    }
  }
}

function passSurveys(facts: Facts, c: FloorCounts): void {
  const view = facts.view('survey');
  for (let index = 0; index < view.chunks; index++) passSurveyChunk(view, index, c);
}

function passSurveyChunk(view: FactView, index: number, c: FloorCounts): void {
  const column = chunkReader(view, index);
  const alive = view.alive.chunk(index).values;
  const [kind, product, duplicate] = [column('kind'), column('product'), column('is_duplicate')];
  const [surveyKind, satisfied, answeredOn] = [column('survey_kind'), column('is_satisfied'), column('answered_on')];
  const { none } = packings[view.column('is_satisfied').chunk(index).bits];
  const [least, most] = [panelProducts[0], panelProducts[2]];
  const size = view.rowsIn(index);
  for (let row = 0; row < size; row++) {
    const on = answeredOn[row]!;
    if (on < from || on > to || alive[row] === 0 || kind[row] !== 1 || duplicate[row] !== 0) continue;
    if (product[row]! < least || product[row]! > most || surveyKind[row] !== 1 || satisfied[row] === none) continue;
    c.answered[monthOf[on - firstDay]!]! += 1;
    c.satisfied[monthOf[on - firstDay]!]! += satisfied[row]!;
  }
}

function minutesOf(place: number): number {
  if (place < bins.hour) return place;
  if (place < bins.day) return 2_880 + (place - bins.hour) * 60;
  return place < bins.open ? 576_000 + (place - bins.day) * 1440 : (place - bins.open) * 60 + 59;
}

/** The counts as the panels show them, in their order, to be held against the other systems. */
export function floorIntegers(c: FloorCounts): Integers[] {
  const first = monthOf[from - firstDay] ?? 0;
  const shown = Array.from({ length: (monthOf[to - firstDay] ?? 0) - first + 1 }, (_, i) => first + i);
  const start = (month: number) => `${2023 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
  const byMonth = (valuesOf: (month: number) => number[]): Integers => Object.fromEntries(shown.map((m) => [start(m), valuesOf(m)]));
  const top = [...c.issue.keys()].sort((a, b) => (c.issue[b] ?? 0) - (c.issue[a] ?? 0));
  const at = (list: Int32Array | Float64Array, i: number) => list[i] ?? 0;
  const open = (month: number) =>
    at(c.entered.subarray(0, month + 1).map(running()), month) - at(c.left.subarray(0, month + 1).map(running()), month);
  const pairs = [...c.channelTeam.keys()].filter((i) => at(c.channelTeam, i) > 0);
  return [
    byMonth((m) => [at(c.received, m)]),
    Object.fromEntries(top.slice(0, 20).map((code) => [code, [at(c.issue, code)]])),
    Object.fromEntries(top.slice(0, 10).flatMap((code) => shown.map((m) => [`${code} ${start(m)}`, [at(c.issueMonth, code * 48 + m)]]))),
    byMonth((m) => quantilesOf(c.bin.subarray(m * bins.size, (m + 1) * bins.size))),
    byMonth((m) => [at(c.due, m), at(c.onTime, m)]),
    byMonth((m) => [open(m)]),
    byMonth((m) => [at(c.answered, m), at(c.satisfied, m)]),
    Object.fromEntries(pairs.map((i) => [`${Math.floor(i / widths.team)} ${i % widths.team}`, [at(c.channelTeam, i)]])),
    Object.fromEntries(panelProducts.map((code) => [code, [at(c.redress, code), at(c.paid, code)]])),
  ];
}

function running(): (value: number) => number {
  let sum = 0;
  return (value) => (sum += value);
}

function quantilesOf(counts: Int32Array): number[] {
  const points = new Map<number, { events: number; censored: number }>();
  counts.forEach((count, place) => {
    if (count === 0) return;
    const point = points.get(minutesOf(place)) ?? { events: 0, censored: 0 };
    point[place < bins.open ? 'events' : 'censored'] += count;
    points.set(minutesOf(place), point);
  });
  const inTime = [...points].sort(([a], [b]) => a - b);
  const list = (of: (point: (typeof inTime)[number]) => number) => Float64Array.from(inTime, of);
  const curve = kaplanMeier({
    time: list(([t]) => t),
    events: list(([, { events }]) => events),
    censored: list(([, { censored }]) => censored),
  });
  const [p50, p90] = [0.5, 0.9].map((p) => survivalQuantile(curve, p).value ?? NaN);
  return [p50 ?? NaN, p90 ?? NaN, curve.n];
}
