import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultyColumn, fieldInWords, placeOfRow, reasonInWords, reasonKindInWords } from '../../client/reject-words.ts';

const rejects = suite('rejected rows in words');

rejects('names fields and reasons as people call them', () => {
  assert.is(fieldInWords('received_at'), 'Received');
  assert.is(fieldInWords('some_field'), 'Some field');
  assert.is(fieldInWords(null), '');
  assert.is(reasonInWords({ field: null, reason: 'the row has 4 values' }), 'The row has 4 values');
  const kind = '"…" is not a date like … or …T…Z';
  assert.is(reasonKindInWords({ field: 'received_at', reason_kind: kind }), 'Received: the value is not a date');
  assert.is(reasonKindInWords({ field: 'kind', reason_kind: 'the key "…" stands already' }), 'Kind: the key “…” stands already');
});

rejects('says where a row stands as far as that is known', () => {
  assert.is(placeOfRow({ input: '/inbox/a.csv', line: 5, column: 3 }), 'a.csv, line 5, column 3');
  assert.is(placeOfRow({ input: null, line: 5, column: null }), 'Line 5');
  assert.is(placeOfRow({ input: null, line: null, column: null }), 'Sent, not read from a file');
});

rejects('finds the column a reason is about', () => {
  const values = { id: '4', opened: '2024-31-04', closed: '', kind: 'late', what: 'late' };
  const found = (field: string | null, reason: string, column: number | null = null) => faultyColumn({ field, reason, column }, values);
  assert.is(found('received_at', '"2024-31-04" is not a date'), 'opened');
  assert.is(found('received_at', 'the column "closed" is empty'), 'closed');
  // The value stands in two columns: the one with the name of the field is meant.
  assert.is(found('kind', '"late" is not one of complaint, compliment'), 'kind');
  assert.is(found('received_at', 'is missing', 2), 'opened');
  assert.is(found('received_at', 'is missing'), null);
  assert.is(found(null, 'too long', 9), null);
});

rejects.run();
