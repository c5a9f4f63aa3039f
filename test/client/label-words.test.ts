import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeInWords, dimensionInWords, previewInWords } from '../../client/label-words.ts';

const labels = suite('label changes in words');
const preview = { cases: 412, surveys: 0, from: [{ name: 'Late parcel', cases: 412 }], to: 'Late delivery', is_new: 0 as const };

labels('says what would move', () => {
  assert.is(previewInWords(preview), '412 cases move from “Late parcel” to “Late delivery”.');
  const one = { ...preview, cases: 1, from: [{ name: 'Late parcel', cases: 1 }], is_new: 1 as const };
  assert.is(previewInWords(one), '1 case moves from “Late parcel” to “Late delivery”. “Late delivery” is a new name.');
  const two = { ...preview, cases: 5, surveys: 1, from: [{ name: 'A', cases: 3 }, { name: 'B', cases: 2 }] }; // prettier-ignore
  assert.is(previewInWords(two), '5 cases and 1 survey answer move to “Late delivery”: 3 from “A”, 2 from “B”.');
  assert.is(previewInWords({ ...preview, from: [{ name: '(none)', cases: 412 }] }), '412 cases move from no name to “Late delivery”.');
  assert.is(previewInWords({ ...preview, to: 'Late parcel' }), 'Nothing moves: it is kept as “Late parcel” and asked about no more.');
});

labels('says what was changed', () => {
  const change = {
    change_id: 1, at: '', changed_by: 'ann', source: 'desk', dimension: 'issue', raw: 'late parcel', from: 'late parcel', to: 'Late delivery', cases: 412,
    undone_at: null, undone_by: null,
  }; // prettier-ignore
  assert.is(changeInWords(change), '“late parcel” is counted as “Late delivery”: 412 cases moved.');
  assert.is(
    changeInWords({ ...change, from: 'Late' }),
    '“late parcel”, which was shown under “Late”, is counted as “Late delivery”: 412 cases moved.',
  );
  assert.is(changeInWords({ ...change, to: 'late parcel' }), '“late parcel” is kept under its own name.');
  assert.is(dimensionInWords('root_cause'), 'Root cause');
});

labels.run();
