import type { Problem } from '../../etl/errors.ts';
import { viewFromSearch, viewToSearch, viewWithout, type View } from '../../queries/model/view.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { addressWith } from '../address.ts';
import { ApiFailed } from '../transport.ts';
import { readDrill, searchWithDrill, viewPart, type Drill } from './drill.ts';
import { placeFromSearch, type Place } from './place.ts';
import { router } from './router.svelte.ts';

/** The parts of an address that say which rows of a list are shown, by the screen that has one. */
const listKeys: Record<string, readonly string[]> = { '/cases': ['page'], '/satisfaction': ['page', 'follow_up'] };

/** What the screen looks at. The address is the state: reading it is parsing, setting it pushes history, so back undoes. */
class ViewState {
  #kept = $state.raw(keptSearch());
  // The address of the data page says which list is shown, in words of its own: what was looked at before waits meanwhile.
  #parsed = $derived(viewFromSearch(viewPart(router.path === '/data' ? this.#kept : router.search)));
  #opened = $derived(readDrill(router.search));
  #place = $derived(placeFromSearch(router.search));
  #refused = $state.raw<{ address: string; problems: Problem[] }>({ address: '', problems: [] });
  #windows = $state.raw<TableJson['windows'] | null>(null);

  get view(): View {
    return this.#parsed.view;
  }

  /** What of the address could not be understood, by the screen or by the server. */
  get problems(): Problem[] {
    if (router.path === '/data') return this.#place.problems;
    const listed = listKeys[router.path] ?? [];
    const place = this.#place.problems.filter((p) => listed.includes(p.field));
    // The page of an issue says itself that there is no such issue.
    const refused = router.path.startsWith('/issues/') ? this.refused.filter((p) => !isOfIssue(p)) : this.refused;
    return [...this.#parsed.problems, ...this.#opened.problems, ...place, ...refused];
  }

  /** Remembers what is looked at for links from the data page; called wherever the reader goes. */
  keep(): void {
    if (router.path === '/data') return;
    this.#kept = viewPart(router.search);
    keepSearch(this.#kept);
  }

  /** What the server refused of this address. */
  get refused(): Problem[] {
    return this.#refused.address === router.path + router.search ? this.#refused.problems : [];
  }

  /** Keeps what the server refused of this address, so that the screen says it once; other failures are not the address's. */
  noteFailure(error: unknown): void {
    if (error instanceof ApiFailed && error.status === 400)
      this.#refused = { address: router.path + router.search, problems: error.problems };
  }

  /** The figure whose cases are opened. */
  get drill(): Drill | null {
    return this.#opened.drill;
  }

  /** Which page of a list, and which list. */
  get place(): Place {
    return this.#place.place;
  }

  /** The windows the figures on the screen cover; set by the page that shows them. */
  get windows(): TableJson['windows'] | null {
    return this.#windows;
  }

  set windows(windows: TableJson['windows'] | null) {
    this.#windows = windows;
  }

  /**
   * Looks at something else; an opened figure closes.
   * @param replace true when the step should not be undone by "back"
   */
  set(change: Partial<View>, options: { replace?: boolean } = {}): void {
    router.go(address(router.path, viewToSearch({ ...this.view, ...change })), options);
  }

  /** Opens the cases behind a figure, or closes them. */
  setDrill(drill: Drill | null): void {
    router.go(address(router.path, searchWithDrill(router.search, drill)));
  }

  /** Address of another screen that looks at the same. */
  href(path: string, drill: Drill | null = null): string {
    if (path === '/data') return path;
    return address(path, searchWithDrill(viewToSearch(this.view), drill));
  }

  /** Takes off the address what could not be understood. */
  forgetProblems(): void {
    if (router.path === '/data') {
      const bad = Object.fromEntries(this.problems.map((p) => [p.field, null]));
      return router.go(addressWith(router.path, router.search, bad), { replace: true });
    }
    // What is refused and belongs to no filter cannot be taken off alone.
    const left = viewWithout(this.view, this.refused);
    const isKept = this.refused.length > 0 && viewToSearch(left) === viewToSearch(this.view);
    router.go(address(router.path, isKept ? '' : searchWithDrill(viewToSearch(left), this.drill)), { replace: true });
  }
}

export const viewState = new ViewState();

/** Whether a problem is that an issue filtered by is not known. */
export function isOfIssue({ field }: Problem): boolean {
  return /(^|\.)where\.issue$/.test(field);
}

const key = 'silverlining.view';

// A browser that forbids storage throws at its mere mention; what is looked at then lasts as long as the page.
function keptSearch(): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function keepSearch(search: string): void {
  try {
    sessionStorage.setItem(key, search);
  } catch {
    return;
  }
}

function address(path: string, search: string): string {
  return search ? `${path}?${search}` : path;
}
