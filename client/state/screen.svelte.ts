import { untrack } from 'svelte';
import { describeScope } from '../../queries/model/describe.ts';
import type { Grain } from '../../queries/model/buckets.ts';
import { serialiseQuery, type Query } from '../../queries/model/query.ts';
import { reportQuery, viewGrain, type Report } from '../../queries/model/reports.ts';
import { knownOf, viewToSearch, type Known, type View } from '../../queries/model/view.ts';
import { exportHref } from '../address.ts';
import { widerViews } from '../widen.ts';
import { baselines } from './baselines.svelte.ts';
import { session } from './session.svelte.ts';
import { Tables, type AskTables } from './tables.svelte.ts';
import { viewState } from './view.svelte.ts';

/** What a screen of figures looks at and has been answered; make one while the page's component is set up. */
export class Screen {
  readonly answer: Tables;
  #over: (view: View) => View;
  #queriesOf: (view: View, known: Known) => Query[];

  /** What is looked at: the view of the address, with what the page itself adds. */
  readonly view = $derived.by(() => this.#over(viewState.view));
  readonly known = $derived.by(() => knownOf(this.view, session.meta ?? { today: '1970-01-01', earliest: null, latest: null }));
  readonly grain = $derived.by(() => viewGrain(this.view, this.known));
  readonly currency = $derived(session.meta?.organisation.currency ?? 'USD');
  readonly zone = $derived(session.meta?.organisation.zone ?? 'UTC');
  // A source without cases, like a form nobody used yet, can neither answer nor lack anything.
  readonly sourceCount = $derived(session.meta?.sources.filter((source) => source.cases > 0).length ?? 0);
  /** The filters in words. */
  readonly filters = $derived.by(() => describeScope(this.view));
  readonly queries = $derived.by(() => this.#queriesOf(this.view, this.known));
  readonly #asked = $derived.by(() => JSON.stringify(this.queries.map(serialiseQuery)));
  // What the page itself looks at is not widened by a change of the address.
  /** How to look at more, for figures that rest on too little. */
  readonly widen = $derived.by(() =>
    widerViews(viewState.view)
      .filter(({ change }) => viewToSearch(this.#over({ ...viewState.view, ...change })) !== viewToSearch(this.view))
      .map(({ label, change }) => ({ label, onclick: () => viewState.set(change) })),
  );

  /**
   * @param queriesOf everything the screen asks, in one request; asked anew whenever it changes
   * @param over what the page adds to the view of the address
   */
  constructor(askServer: AskTables, queriesOf: (view: View, known: Known) => Query[], over: (view: View) => View = (view) => view) {
    this.answer = new Tables(askServer);
    this.#queriesOf = queriesOf;
    this.#over = over;
    $effect(() => {
      void this.#asked;
      void baselines.changes;
      untrack(() => this.ask());
    });
  }

  /** Asks again. */
  ask(): void {
    this.answer.ask(this.queries, session.meta?.earliest ?? null);
  }

  /** The grain a report is drawn in; null for none. */
  grainOf(report: Report): Grain | null {
    return report.query.grain === 'view' ? this.grain : (report.query.grain ?? null);
  }

  /**
   * Addresses of a report's figures as files.
   * @param index position of the report's table in the answer: what is compared with nothing on the screen is not in the files either
   */
  filesOf(report: Report, index: number | null = null): { csv: string; arrow: string } {
    const asked = reportQuery(report, this.view, this.known);
    const table = index === null ? null : this.answer.value?.[index];
    const query = table && !table.windows.before ? { ...asked, compare: null } : asked;
    return { csv: exportHref(query, 'csv'), arrow: exportHref(query, 'arrow') };
  }

  /**
   * What the frame of a chart is given. Each part is looked up when it is read, so that a frame depends only on what it uses: an answer that becomes
   * stale changes no picture.
   * @param index position of the report's table in the answer
   */
  frame(report: Report, index: number) {
    return frameOf(this, report, index);
  }
}

function frameOf(screen: Screen, report: Report, index: number) {
  return {
    report,
    get answer() {
      return screen.answer.stateOf(index);
    },
    get grain() {
      return screen.grainOf(report);
    },
    get currency() {
      return screen.currency;
    },
    get zone() {
      return screen.zone;
    },
    get today() {
      return screen.known.today;
    },
    get sourceCount() {
      return screen.sourceCount;
    },
    get filters() {
      return screen.filters;
    },
    get files() {
      return screen.filesOf(report, index);
    },
    get widen() {
      return screen.widen;
    },
    get asked() {
      return reportQuery(report, screen.view, screen.known);
    },
    onretry: () => screen.ask(),
    oncancel: () => screen.answer.cancel(),
  };
}
