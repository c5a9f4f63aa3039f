import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeFromSearch } from '../../../client/state/place.ts';

const places = suite('place in the address');
const nowhere = { tab: 'sources', page: 1, run: null, rule: '' };

places('reads the list, its page and what it is narrowed to', () => {
  assert.equal(placeFromSearch(''), { place: nowhere, problems: [] });
  assert.equal(placeFromSearch('?tab=flagged&page=3&rule=time_order&source=shop'), {
    place: { tab: 'flagged', page: 3, run: null, rule: 'time_order' },
    problems: [],
  });
  assert.is(placeFromSearch('tab=rejected&run=17').place.run, 17);
});

places('reports what is no list, no page, no run and no rule', () => {
  const bad = {
    tab: ['xyz', 'constructor', ''],
    page: ['abc', '0', '-1', '1.5', '1e3', '', '99999999999', 'NaN'],
    run: ['zzz', '0', '1 or 1=1', ''],
    rule: ['time_ordr', 'constructor', '__proto__'],
  };
  for (const [field, values] of Object.entries(bad)) {
    for (const value of values) {
      const { place, problems } = placeFromSearch(new URLSearchParams([[field, value]]).toString());
      assert.equal(place, nowhere, `${field}=${value}`);
      assert.equal(
        problems.map((p) => p.field),
        [field],
        `${field}=${value}`,
      );
    }
  }
  assert.match(placeFromSearch('rule=time_ordr').problems[0]?.message ?? '', /did you mean "time_order"/);
});

places.run();
