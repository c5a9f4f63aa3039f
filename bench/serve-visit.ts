import type { Request } from 'autocannon';
import { serialiseQuery, type Query } from '../queries/model/query.ts';
import { issuesBy, oneIssueReports } from '../queries/model/issue-reports.ts';
import { findingsQuery, furtherReports, overviewQueries, reportQuery } from '../queries/model/reports.ts';
import { knownOf, openingView, type View } from '../queries/model/view.ts';
import type { MetaJson } from '../queries/model/wire.ts';

const arrow = 'application/vnd.apache.arrow.stream';

/** What somebody looks at during a visit: a filter, the page of an issue. */
export interface Interest {
  channel: string;
  issue: string;
}

/**
 * The requests of a visit in order, as the screens send them: the overview opens, a filter is set, its members are listed, an issue is opened, and the
 * cases behind one of its figures.
 * @param cookie value of the header
 */
export function visit(meta: MetaJson, { channel, issue }: Interest, cookie: string): Request[] {
  const headers = { cookie, 'accept-encoding': 'gzip' };
  const get = (path: string): Request => ({ method: 'GET', path, headers });
  const post = (path: string, body: unknown, accept = 'application/json'): Request => ({
    method: 'POST', path, headers: { ...headers, accept, 'content-type': 'application/json' }, body: JSON.stringify(body),
  }); // prettier-ignore
  const figures = (queries: Query[]) => post('/api/query', { queries: queries.map(serialiseQuery) }, arrow);

  const opening = openingView();
  const filtered = { ...opening, where: { ...opening.where, members: { ...opening.where.members, channel: [channel] } } };
  const about = { ...opening, where: { ...opening.where, members: { ...opening.where.members, issue: [issue] } } };
  const overview = (view: View): Request[] => {
    const known = knownOf(view, meta);
    return [
      figures([...overviewQueries(view, known), ...furtherReports.map((report) => reportQuery(report, view, known))]),
      post('/api/findings', serialiseQuery(findingsQuery(view, known))),
    ];
  };
  const known = knownOf(opening, meta);
  const [first] = overviewQueries(opening, known);
  const ranked = reportQuery(issuesBy.count, opening, known);
  return [
    get('/'),
    get('/api/meta'),
    get('/api/saved-views'),
    ...overview(opening),
    get(`/api/annotations?from=${first?.from ?? meta.today}&to=${first?.to ?? meta.today}`),
    ...overview(filtered),
    post('/api/facets', { dimension: 'product', query: serialiseQuery(ranked), limit: 50 }),
    figures(oneIssueReports.map((report) => reportQuery(report, about, known))),
    post('/api/cases', { measure: 'received', query: serialiseQuery(ranked), key: { issue }, page: 1 }),
  ];
}
