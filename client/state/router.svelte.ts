import type { Component } from 'svelte';

/** What a page component is given: the `:name` parts of its path. */
export interface PageProps {
  params: Record<string, string>;
}

/** A section of the product: where it is, what it is called, and the letter that leads there after `g`. */
export interface Section {
  path: string;
  label: string;
  letter: string;
  /** Whether a phone's bar has it; the others are behind "More". */
  isMain?: true;
  /** The action a role must allow for it to be of use. */
  needs?: string;
}

interface Route {
  pattern: string;
  file: string;
  title: string;
  /** Whether it shows figures of what is looked at, and so has the filters. */
  hasFigures?: true;
  section?: Omit<Section, 'path'>;
  /** Path of the section it belongs to, where it is none itself. */
  under?: string;
}

const routes: Route[] = [
  { pattern: '/', file: 'Overview', hasFigures: true, title: 'Overview', section: { label: 'Overview', letter: 'o', isMain: true } },
  { pattern: '/issues', file: 'Issues', hasFigures: true, title: 'Issues', section: { label: 'Issues', letter: 'i', isMain: true } },
  { pattern: '/issues/:issue', file: 'IssuePage', hasFigures: true, title: 'Issue', under: '/issues' },
  { pattern: '/resolution', file: 'Resolution', hasFigures: true, title: 'Resolution time', section: { label: 'Resolution', letter: 'r' } },
  {
    pattern: '/satisfaction',
    file: 'Satisfaction',
    hasFigures: true,
    title: 'Satisfaction',
    section: { label: 'Satisfaction', letter: 's' },
  },
  {
    pattern: '/coaching',
    file: 'Coaching',
    hasFigures: true,
    title: 'Coaching',
    section: { label: 'Coaching', letter: 'h', needs: 'see_persons' },
  },
  {
    pattern: '/work',
    file: 'Work',
    title: 'Work to do',
    section: { label: 'Work to do', letter: 'w', isMain: true, needs: 'handle_case' },
  },
  { pattern: '/cases', file: 'Cases', title: 'Cases', section: { label: 'Cases', letter: 'c', isMain: true } },
  {
    pattern: '/cases/new',
    file: 'EntryPage',
    title: 'Enter a case',
    section: { label: 'Enter a case', letter: 'n', isMain: true, needs: 'enter_case' },
  },
  { pattern: '/cases/duplicates', file: 'Duplicates', title: 'Likely duplicates', under: '/cases' },
  { pattern: '/cases/:id', file: 'CasePage', title: 'Case' },
  { pattern: '/digests', file: 'Digests', title: 'Digests', section: { label: 'Digests', letter: 't' } },
  { pattern: '/digests/:id', file: 'DigestIssue', title: 'Digest', under: '/digests' },
  { pattern: '/data', file: 'DataPage', title: 'Data', section: { label: 'Data', letter: 'd', needs: 'see_sources' } },
  { pattern: '/data/definitions', file: 'Definitions', title: 'Definitions', under: '/data' },
  { pattern: '/people', file: 'People', title: 'People', section: { label: 'People', letter: 'p', needs: 'manage_people' } },
  { pattern: '/people/audit', file: 'AuditTrail', title: 'Audit trail', under: '/people' },
  { pattern: '/account', file: 'Account', title: 'Your account', section: { label: 'Account', letter: 'a' } },
];

type PageModule = { default: Component<PageProps> };
// A page that is not built is no section and leads to "not found".
const files = import.meta.glob<PageModule>('../pages/*.svelte');
const built = routes.filter((route) => fileOf(route) in files);

/** The sections that exist, in the order they are shown. */
export const sections: Section[] = built.flatMap((route) => (route.section ? [{ path: route.pattern, ...route.section }] : []));

export interface Match {
  title: string;
  hasFigures: boolean;
  /** Path of the route, with its parameters unfilled; tells pages apart. */
  pattern: string;
  /** Path of the section it belongs to. */
  section: string;
  params: Record<string, string>;
  load: () => Promise<PageModule>;
}

/** The page a path leads to; unknown paths lead to "not found". */
export function matchPath(path: string): Match {
  for (const route of built) {
    const params = match(route.pattern, path);
    const load = files[fileOf(route)];
    if (params && load)
      return {
        title: route.title,
        hasFigures: route.hasFigures === true,
        pattern: route.pattern,
        section: route.under ?? route.pattern,
        params,
        load,
      };
  }
  // The glob above always holds NotFound.svelte: it lies in the same repository.
  return {
    title: 'Not found',
    hasFigures: false,
    pattern: '*',
    section: '',
    params: {},
    load: files['../pages/NotFound.svelte'] as () => Promise<PageModule>,
  };
}

function fileOf(route: Route): string {
  return `../pages/${route.file}.svelte`;
}

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = (path.length > 1 ? path.replace(/\/$/, '') : path).split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where the reader is. Setting it goes through the browser's history, so that back undoes. */
class Router {
  #path = $state('/');
  #search = $state('');

  /** Begins to follow the address bar and same-site links; call once in the browser. */
  start(): void {
    this.#read();
    addEventListener('popstate', () => this.#read());
    addEventListener('click', (event) => this.#follow(event));
  }

  get path(): string {
    return this.#path;
  }

  /** The query part of the address, with its `?`, or an empty text. */
  get search(): string {
    return this.#search;
  }

  /**
   * Goes to a same-site address; where it names a place on the page, the page goes there once it has it.
   * @param replace true when the step should not be undone by "back"
   */
  go(href: string, options: { replace?: boolean } = {}): void {
    if (href === location.pathname + location.search + location.hash) return;
    const isNewPage = new URL(href, location.href).pathname !== location.pathname;
    history[options.replace ? 'replaceState' : 'pushState'](null, '', href);
    this.#read();
    if (isNewPage) scrollTo(0, 0);
  }

  #read(): void {
    this.#path = location.pathname;
    this.#search = location.search;
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.pathname.startsWith('/api/'))
      return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

export const router = new Router();
