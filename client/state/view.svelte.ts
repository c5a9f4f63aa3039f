import type { Problem } from '../../etl/errors.ts';
import { viewFromSearch, viewToSearch, viewWithout, type View } from '../../queries/model/view.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { addressWith } from '../address.ts';
import { ApiFailed, isOfAddress } from '../transport.ts';
import { readDrill, searchWithDrill, viewPart, type Drill } from './drill.ts';
import { archiveFromSearch, type ArchivePlace } from './archive-place.ts';
import { placeFromSearch, type Place } from './place.ts';
import { router } from './router.svelte.ts';

/** The parts of an address that say which rows of a list are shown, by the screen that has one. */
const listKeys: Record<string, readonly string[]> = { '/cases': ['page'], '/satisfaction': ['page', 'follow_up'] };

/** What the screen looks at. The address is the state: reading it is parsing, setting it pushes history, so back undoes. */
class ViewState {
  #kept = $state.raw(keptSearch());
  // The addresses of the data page and of digests say which list is shown, in words of their own: what was looked at before waits meanwhile.
  #parsed = $derived(viewFromSearch(viewPart(isApart(router.path) ? this.#kept : router.search)));
  #opened = $derived(readDrill(router.search));
  #place = $derived(placeFromSearch(router.search));
  #archive = $derived(archiveFromSearch(router.search));
  #refused = $state.raw<{ address: string; problems: Problem[] }>({ address: '', problems: [] });
  #windows = $state.raw<TableJson['windows'] | null>(null);

  get view(): View {
    return this.#parsed.view;
  }

  /** What of the address could not be understood, by the screen or by the server. */
  get problems(): Problem[] {
    if (router.path === '/data') return this.#place.problems;
    if (isApart(router.path)) return router.path === '/digests' ? this.#archive.problems : [];
    const listed = listKeys[router.path] ?? [];
    const place = this.#place.problems.filter((p) => listed.includes(p.field));
    // The page of an issue says itself that there is no such issue.
    const refused = router.path.startsWith('/issues/') ? this.refused.filter((p) => !isOfIssue(p)) : this.refused;
    return [...this.#parsed.problems, ...this.#opened.problems, ...place, ...refused];
  }

  /** Remembers what is looked at for links from pages that look at something else; called wherever the reader goes. */
  keep(): void {
    if (isApart(router.path)) return;
    this.#kept = viewPart(router.search);
    keepSearch(this.#kept);
  }

  /** What the server refused of this address. */
  get refused(): Problem[] {
    return this.#refused.address === router.path + router.search ? this.#refused.problems : [];
  }

  /** Keeps what the server refused of this address, so that the screen says it once; other failures are not the address's. */
  noteFailure(error: unknown): void {
    if (error instanceof ApiFailed && isOfAddress(error.status))
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

  /** Which issues of digests are listed. */
  get archive(): ArchivePlace {
    return this.#archive.place;
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
    if (isApart(path)) return path;
    return address(path, searchWithDrill(viewToSearch(this.view), drill));
  }

  /** Takes off the address what could not be understood. */
  forgetProblems(): void {
    if (isApart(router.path)) {
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

/** Whether a screen's address says in words of its own what it shows, and nothing of period and filters. */
function isApart(path: string): boolean {
  return path === '/data' || path.startsWith('/data/') || path === '/digests' || path.startsWith('/digests/');
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
