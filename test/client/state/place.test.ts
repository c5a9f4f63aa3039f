import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeFromSearch, placeHref } from '../../../client/state/place.ts';

const places = suite('place in the address');
const nowhere = {
  tab: 'sources', page: 1, run: null, rule: '', state: 'waiting', row: null,
  source: '', field: '', reason: '', dimension: '', value: '', origin: '', connector: '', follow_up: 'to_follow_up',
}; // prettier-ignore

places('reads the list, its page and what it is narrowed to', () => {
  assert.equal(placeFromSearch(''), { place: nowhere, problems: [] });
  assert.equal(placeFromSearch('?tab=flagged&page=3&rule=time_order&source=shop'), {
    place: { ...nowhere, tab: 'flagged', page: 3, rule: 'time_order', source: 'shop' },
    problems: [],
  });
  assert.is(placeFromSearch('tab=rejected&run=17').place.run, 17);
});

places('reports what is no list, no page, no run and no rule', () => {
  const bad = {
    tab: ['xyz', 'constructor', ''],
    page: ['abc', '0', '-1', '1.5', '1e3', '', '99999999999', 'NaN'],
    run: ['zzz', '0', '1 or 1=1', ''],
    row: ['-3', 'x'],
    state: ['settld', 'constructor', ''],
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

places('writes only what is not the default, and reads it back', () => {
  assert.is(placeHref({ tab: 'sources', page: 1, state: 'waiting', run: null, source: '' }), '/data');
  const opened = { tab: 'rejected', source: 'A & B', field: '', reason: 'is not a date', row: 7, state: 'settled' } as const;
  assert.is(placeHref(opened), '/data?tab=rejected&source=A+%26+B&reason=is+not+a+date&row=7&state=settled');
  assert.equal(placeFromSearch(placeHref(opened).slice('/data'.length)), { place: { ...nowhere, ...opened }, problems: [] });
});

places.run();
