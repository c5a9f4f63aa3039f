import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBudget } from '../../../queries/budget.ts';
import { searchTerms } from '../../../queries/scope.ts';
import { casesWithText } from '../../../queries/sql/text.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

const texts = suite('casesWithText');

texts('finds the cases with all terms, none where there are none, and brings no more into memory than told', async () => {
  const { store, close } = await tempStore();
  try {
    const narratives = ['late parcel', 'a parcel came broken', 'late again'];
    await loadRecords(
      store,
      narratives.map((narrative, i) => ({ source_id: String(i), kind: 'complaint', received_at: '2026-01-05', narrative })),
    );
    const all = new Map((await store.reader<{ case_id: number; source_id: string }>('case_fact')).map((f) => [f.case_id, f.source_id]));
    const found = async (text: string, most?: number) => {
      const ids = await casesWithText(store.reader, searchTerms(text), openBudget(), most);
      return ids && [...ids].map((id) => all.get(id)).sort();
    };
    assert.equal(await found('parcel'), ['0', '1']);
    assert.equal(await found('late parcel', 1), ['0']);
    assert.equal(await found('nothing'), []);
    assert.is(await found('parcel', 1), null);
  } finally {
    await close();
  }
});

texts.run();
