import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mappedRow } from '../../etl/mapped-row.ts';
import { parseRecord } from '../../etl/record.ts';

const mapped = suite('mapped row');

mapped('writes a record as text: instants in UTC, dates as they are, lists by number', () => {
  const parsed = parseRecord({
    source_id: '7',
    kind: 'complaint',
    received_at: 1_767_600_000,
    resolved_at: '2026-01-09',
    reopen_count: 2,
    issue: 'late',
    more_issues: [{ issue: 'damaged' }],
    surveys: [{ source_id: 's', kind: 'csat', scale: '1-5', score: 4, answered_at: 1_767_600_060 }],
    raw: { issue: 'LATE' },
  });
  const { record, problems, flags } = mappedRow(parsed);
  assert.equal([problems, flags], [[], []]);
  assert.equal(record, {
    source_id: '7',
    kind: 'complaint',
    received_at: '2026-01-05T08:00:00Z',
    resolved_at: '2026-01-09',
    reopen_count: '2',
    issue: 'late',
    'more_issues.1.issue': 'damaged',
    'surveys.1.source_id': 's',
    'surveys.1.kind': 'csat',
    'surveys.1.scale': '1-5',
    'surveys.1.score': '4',
    'surveys.1.answered_at': '2026-01-05T08:01:00Z',
  });
});

mapped('says why there is none', () => {
  const { record, problems } = mappedRow({ ok: false, problems: [{ field: 'received', message: 'is missing' }] });
  assert.equal([record, problems], [null, [{ field: 'received', message: 'is missing' }]]);
});

mapped.run();
