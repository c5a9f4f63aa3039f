const query = {
  measures: ['received'],
  by: ['issue'],
  grain: 'month',
  from: '2026-01-01',
  to: '2026-01-31',
  where: { kind: ['complaint'], text: 'late' },
};
const drill = { measure: 'received', query, key: { issue: 'late', period: '2026-01-01' } };
const audience = { kind: ['complaint'] };
const digest = {
  name: 'Board', every: 'week', on: 'monday', at: '07:00', zone: 'Europe/Vienna', owner: 'admin', ends_on: '2027-12-31', where: audience,
  recipients: ['board@example.org'],
}; // prettier-ignore
const label = { source: 'entry', dimension: 'issue', raw: 'late', to: 'Late delivery' };
const source = { name: 'drop', connector: 'folder', path: './in', map: 'standard', schedule: { every: 'week', on: 'monday', at: '06:30' } };

/** For every route that reads JSON, what its callers send: something in each part that it knows. */
export const bodies: Record<string, object> = {
  'POST /sign-in': { token: 'x', name: 'nobody', password: 'wrong' },
  'POST /api/definitions/sql': query,
  'POST /api/query': { queries: [query] },
  'POST /api/findings': { ...query, by: [], grain: null },
  'POST /api/facets': { dimension: 'issue', like: 'la', limit: 5, query },
  'POST /api/cases': { ...drill, page: 1, sort: 'received_at', order: 'desc' },
  'POST /api/case-picks': { ...drill, key: { issue: 'late' } },
  'POST /api/who-answers': { query },
  'POST /api/low-scores': { query, state: 'open', page: 1 },
  'PUT /api/follow-ups': { source: 'entry', survey: 's-1', state: 'contacted', note: 'Called.', version: 0 },
  'POST /api/saved-views': { name: 'Mine', search: 'kind=complaint', is_shared: 1 },
  'PATCH /api/saved-views/:id': { name: 'Ours', search: 'kind=complaint', is_shared: 0 },
  'POST /api/notes': { from: '2026-01-01', to: '2026-01-02', text: 'Storm', about: { dimension: 'issue', label: 'late' } },
  'PUT /api/notes/:id': { from: '2026-01-01', to: '2026-01-02', text: 'Gale', about: { dimension: 'issue', label: 'late' }, version: 1 },
  'POST /api/baselines': { ...drill, key: { issue: 'late' }, from: '2026-01-01', reason: 'A new process.' },
  'PUT /api/entries/:key': {
    kind: 'complaint',
    received_at: '2026-01-05',
    issue: 'late',
    narrative: 'Late.',
    customer_ref: 'C-1',
    channel: 'phone',
  },
  'POST /api/cases/:id/events': { action: 'assign', version: 1, team: 'Billing', agent: 'a-1', note: 'Yours.' },
  'POST /api/cases/:id/contest': { reason: 'Not mine.' },
  'POST /api/cases/:id/contest/decision': {
    contest_id: 1,
    decision: 'upheld',
    note: 'Agreed.',
    reason: 'Agreed.',
    version: 1,
    agent: 'a-1',
  },
  'POST /api/cases/:id/erasure': { confirm: 'no' },
  'POST /api/cases/:id/evidence/:no/removal': { version: 1, reason: 'Not of this case.' },
  'POST /api/cases/likely-duplicates': { customer_ref: 'C-1', issue: 'late', narrative: 'Late.', received_at: '2026-01-05' },
  'POST /api/case-links': { case_ids: [1, 2], was: null, is: 'related' },
  'POST /api/cases/:id/survey': { channel: 'link', version: 1 },
  'PUT /api/cases/:id/local': { theme: 'Keeping promises', root_cause: 'Late letter' },
  'POST /api/digests': digest,
  'PUT /api/digests/:id': { ...digest, version: 1 },
  'POST /api/digests/:id/pause': { reason: 'Holidays' },
  'POST /api/digests/:id/test': { address: 'me@example.org' },
  'POST /api/rejected/:id/check': { values: { at: '2026-01-05' } },
  'POST /api/rejected/replay': { rows: [{ reject_id: 1, values: { at: '2026-01-05' } }], source: 'hook', field: 'at', reason_kind: 'x' },
  'POST /api/rejected/dismiss': { reject_ids: [1], source: 'hook', field: 'at', reason_kind: 'x' },
  'POST /api/label-changes/preview': label,
  'POST /api/label-changes': label,
  'POST /api/sources/preview': { source, map_text: 'zone: UTC' },
  'POST /api/sources': { source, map_text: 'zone: UTC' },
  'PUT /api/account/password': { current: 'wrong', password: 'short' },
  'POST /api/people': { name: 'kim', role: 'staff', email: 'kim@example.org', agent: 'a-1', scope: { team: ['Billing'] } },
  'PATCH /api/people/:name': { role: 'staff', email: 'pat@example.org', agent: 'a-1', scope: { team: ['Billing'] }, is_disabled: 0 },
};
