import type { Problem } from '../../etl/errors.ts';
import { viewFromSearch, viewToSearch, type View } from '../../queries/model/view.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { drillFromSearch, searchWithDrill, viewPart, type Drill } from './drill.ts';
import { router } from './router.svelte.ts';

/** What the screen looks at. The address is the state: reading it is parsing, setting it pushes history, so back undoes. */
class ViewState {
  #parsed = $derived(viewFromSearch(viewPart(router.search)));
  #drill = $derived(drillFromSearch(router.search));
  #windows = $state.raw<TableJson['windows'] | null>(null);

  get view(): View {
    return this.#parsed.view;
  }

  /** What of the address could not be understood. */
  get problems(): Problem[] {
    return this.#parsed.problems;
  }

  /** The figure whose cases are opened. */
  get drill(): Drill | null {
    return this.#drill;
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
    return address(path, searchWithDrill(viewToSearch(this.view), drill));
  }

  /** Drops from the address what could not be understood. */
  forgetProblems(): void {
    router.go(address(router.path, searchWithDrill(viewToSearch(this.view), this.drill)), { replace: true });
  }
}

export const viewState = new ViewState();

function address(path: string, search: string): string {
  return search ? `${path}?${search}` : path;
}
