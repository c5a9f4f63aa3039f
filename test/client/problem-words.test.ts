import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiFailed, failureOf } from '../../client/transport.ts';
import { problemInWords, problemsInWords } from '../../client/problem-words.ts';

const words = suite('problems in words');

words('name the part of the address, not its place in the request', () => {
  const table: [field: string, message: string, expected: string][] = [
    ['queries[0].where.issue', 'unknown member "Bilingg" (did you mean "Billing"?)', 'Issue: “Bilingg” is not known here (did you mean "Billing"?)'],
    ['where.not.channel', 'unknown member "fox"', 'Not channel: “fox” is not known here'],
    ['queries[12].where.text', 'holds no word to look for', 'Search: holds no word to look for'],
    ['where.range.resolution_days', 'must be [from or null, below or null], two numbers', 'Days to resolve: needs two numbers like 8..31, one of which may be left out'],
    ['query.from', 'a period may span at most 200 years', 'Period: a period may span at most 200 years'],
    ['key.issue', 'unknown member "x"', 'Issue: “x” is not known here'],
    ['drill', '“zzz” is not known here', 'Opened figure: “zzz” is not known here'],
    ['perod', 'unknown part of the address (did you mean "period"?)', '“perod”: unknown part of the address (did you mean "period"?)'],
    ['constructor', 'unknown part of the address', '“constructor”: unknown part of the address'],
    ['', 'too much at once', 'too much at once'],
    ['queries[0]', 'too much at once', 'too much at once'],
  ]; // prettier-ignore
  for (const [field, message, expected] of table) assert.is(problemInWords({ field, message }), expected);
});

words('say once what several queries were refused for', () => {
  const problems = [0, 1, 2].map((i) => ({ field: `queries[${i}].where.text`, message: 'holds no word to look for' }));
  assert.equal(problemsInWords(problems), ['Search: holds no word to look for']);
  assert.is(new ApiFailed(400, problems).message, 'Search: holds no word to look for.');
});

words('are a sentence where an answer failed, with its status', () => {
  const { message, code } = failureOf(new ApiFailed(404, [{ field: '', message: 'there is no case "999999"' }]));
  assert.equal([message, code], ['There is no case "999999".', 404]);
  assert.is(failureOf(new TypeError('x')).message, 'The answer could not be read.');
});

words.run();
