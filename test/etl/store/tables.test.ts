import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caseFields, surveyFields } from '../../../etl/record.ts';
import {
  caseFactColumns,
  codeOf,
  dimensionColumns,
  fixedLists,
  labelDimensions,
  nameOf,
  surveyFactColumns,
} from '../../../etl/store/tables.ts';
import { tempStore } from '../../support/store.ts';

const tables = suite('tables');
let temp: Awaited<ReturnType<typeof tempStore>>;
tables.before(async () => void (temp = await tempStore()));
tables.after(() => temp.close());

const columnsOf = async (table: string): Promise<string[]> => Object.keys(await temp.store.reader(table).columnInfo());

tables('list every column of the migrated facts', async () => {
  assert.equal([...caseFactColumns].sort(), (await columnsOf('case_fact')).sort());
  assert.equal([...surveyFactColumns].sort(), (await columnsOf('survey_fact')).sort());
});

tables('have a column for every field of a case that is counted or timed', async () => {
  const columns = await columnsOf('case_fact');
  for (const [name, field] of Object.entries(caseFields)) {
    if (field.type === 'label' || field.type === 'sub' || field.type === 'code' || field.type === 'time' || field.type === 'integer')
      assert.ok(columns.includes(name), name);
  }
  const text = await columnsOf('case_text');
  for (const [name, field] of Object.entries(caseFields))
    if (field.type === 'text' || field.type === 'long_text') assert.ok(text.includes(name), name);
});

tables('have a column for every time of a survey', async () => {
  const columns = await columnsOf('survey_fact');
  for (const [name, field] of Object.entries(surveyFields)) if (field.type === 'time') assert.ok(columns.includes(name), name);
});

tables('know each dimension either by a fixed list or by labels', () => {
  assert.equal([...Object.keys(fixedLists), ...labelDimensions].sort(), [...dimensionColumns, 'source'].sort());
});

tables('turn fixed names into codes from 1 and back', () => {
  assert.is(codeOf('kind', 'complaint'), 1);
  assert.is(codeOf('outcome', 'partly upheld'), 2);
  assert.is(codeOf('kind', undefined), 0);
  assert.is(nameOf('status', 6), 'void');
  assert.is(nameOf('status', 0), undefined);
});

tables.run();
