import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveFromSearch, archiveHref } from '../../../client/state/archive-place.ts';

const archive = suite('place in the archive of digests');
const all = { page: 1, digest: null, from: '', to: '', state: '' };

archive('reads which issues are shown, and reports what it does not understand', () => {
  assert.equal(archiveFromSearch(''), { place: all, problems: [] });
  assert.equal(archiveFromSearch('?digest=7&from=2026-01-01&to=2026-12-31&state=held&page=2'), {
    place: { page: 2, digest: 7, from: '2026-01-01', to: '2026-12-31', state: 'held' },
    problems: [],
  });
  for (const bad of ['page=0', 'digest=x', 'from=2026-02-30', 'to=yesterday', 'state=sent', 'state=']) {
    const { place, problems } = archiveFromSearch(bad);
    assert.equal(place, all, bad);
    assert.equal(
      problems.map((p) => p.field),
      [bad.split('=')[0]],
    );
  }
});

archive('writes only what narrows, and reads it back', () => {
  assert.is(archiveHref({ page: 1, digest: null, from: '', to: '', state: '' }), '/digests');
  const narrowed = { page: 3, digest: 2, from: '2026-01-01', to: '', state: 'made' } as const;
  assert.equal(archiveFromSearch(archiveHref(narrowed).slice('/digests'.length)).place, narrowed);
});

archive.run();
