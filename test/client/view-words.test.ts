import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { viewInWords } from '../../client/view-words.ts';
import { viewFromSearch } from '../../queries/model/view.ts';

const words = suite('a view in words');

const cases: [search: string, expected: string][] = [
  ['', 'Complaints · last 12 months'],
  ['kind=enquiry&channel=web&not_issue=Late', 'Enquiries · last 12 months · 2 filters'],
  ['kind=any&period=all&text=hold', 'Cases · everything · 1 filter'],
  ['kind=complaint&kind=compliment', 'Cases · last 12 months · 1 filter'],
  ['from=2026-01-01&to=2026-01-31&resolution_days=8..&time=business', 'Complaints · 1 to 31 January 2026 · 1 filter · business time'],
];
for (const [search, expected] of cases) words(`says "${expected}"`, () => assert.is(viewInWords(viewFromSearch(search).view), expected));

words.run();
