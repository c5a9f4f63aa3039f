import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatProblem, timeReader } from '../../etl/date-format.ts';

const reading = suite('timeReader');
const utc = (text: string) => Date.parse(text) / 1000;

const cases: [format: string, zone: string, text: string, expected: number | string | null][] = [
  ['MM/DD/YYYY', 'UTC', '02/01/2016', '2016-02-01'],
  ['DD/MM/YYYY', 'UTC', '02/01/2016', '2016-01-02'],
  ['D/M/YYYY', 'UTC', '29/2/2016', '2016-02-29'],
  ['D/M/YYYY', 'UTC', '29/2/2015', null],
  ['DD/MM/YYYY', 'UTC', '2/1/2016', null],
  ['YYYYMMDD', 'UTC', '20161231', '2016-12-31'],
  ['DD.MM.YY', 'UTC', '09.11.68', '2068-11-09'],
  ['DD.MM.YY', 'UTC', '09.11.69', '1969-11-09'],
  ['DD-MMM-YYYY', 'UTC', '05-mar-2019', '2019-03-05'],
  ['DD-MMM-YYYY', 'UTC', '05-foo-2019', null],
  ['YYYY-MM-DD HH:mm:ss', 'UTC', '2011-07-01 01:32:33', utc('2011-07-01T01:32:33Z')],
  ['YYYY-MM-DD HH:mm:ss', 'UTC', '2011-07-01 24:00:00', null],
  ['YYYY-MM-DD HH:mm:ss', 'UTC', '31/31/2011', null],
  ['YYYY-MM-DD HH:mm:ss', 'UTC', '2011-07-01 01:32:33 ', null],
  ['YYYY-MM-DD HH:mm:ss.fraction', 'UTC', '2011-07-01 01:32:33.999', utc('2011-07-01T01:32:33Z')],
  ['D/M/YYYY HH:mm', 'Asia/Kolkata', '29/2/2016 01:16', utc('2016-02-28T19:46:00Z')],
  ['M/D/YYYY h:mm A', 'UTC', '1/2/2016 12:05 am', utc('2016-01-02T00:05:00Z')],
  ['M/D/YYYY h:mm A', 'UTC', '1/2/2016 12:05 PM', utc('2016-01-02T12:05:00Z')],
  ['M/D/YYYY h:mm A', 'UTC', '1/2/2016 13:05 PM', null],
  ['DD/MM/YYYY HH:mm Z', 'Asia/Kolkata', '01/02/2016 10:00 -05:00', utc('2016-02-01T15:00:00Z')],
  ['iso', 'UTC', '2016-02-01', '2016-02-01'],
  ['iso', 'UTC', '2016-02-30', null],
  ['iso', 'America/New_York', '2016-02-01T10:00', utc('2016-02-01T15:00:00Z')],
  ['iso', 'America/New_York', '2016-02-01 10:00:30', utc('2016-02-01T15:00:30Z')],
  ['iso', 'America/New_York', '2016-02-01T10:00:00.5Z', utc('2016-02-01T10:00:00Z')],
  ['iso', 'America/New_York', '2016-02-01T10:00:00+0100', utc('2016-02-01T09:00:00Z')],
  ['iso', 'UTC', '01/02/2016', null],
  ['unix', 'UTC', '1456729680', 1456729680],
  ['unix_ms', 'UTC', '1456729680999', 1456729680],
  ['unix', 'UTC', 'soon', null],
  // The calendar repeats after 400 years, which are 146,097 days.
  ['DD/MM/YYYY HH:mm', 'UTC', '29/02/0024 10:00', utc('0024-02-29T10:00:00Z')],
  ['iso', 'UTC', '0024-02-29T10:00', utc('2024-02-29T10:00:00Z') - 5 * 146_097 * 86_400],
];
for (const [format, zone, text, expected] of cases) {
  reading(`reads "${text}" as ${format} in ${zone} as ${expected === null ? 'nothing' : expected}`, () =>
    assert.is(timeReader(format, zone)(text), expected),
  );
}

reading('a whole day is never shifted by its zone', () =>
  assert.is(timeReader('MM/DD/YYYY', 'Pacific/Kiritimati')('01/01/2020'), '2020-01-01'),
);
reading.run();

const formats = suite('formatProblem');
for (const [format, expected] of [
  ['DD/MM/YYYY', null],
  ['D/M/YYYY HH:mm', null],
  ['iso', null],
  ['YYYY-MM-DDTHH:mm:ssZ', null],
  ['dd/mm/yyyy', /no part of a date/],
  ['DD/MM', /needs a year/],
  ['DD/MM/YYYY hh:mm', /go together/],
  ['DD/MM/YYYY mm', /without hours/],
  ['DD/DD/MM/YYYY', /twice/],
] as [string, RegExp | null][]) {
  formats(`${format} is ${expected ? 'refused' : 'a format'}`, () =>
    expected ? assert.match(formatProblem(format) ?? '', expected) : assert.is(formatProblem(format), null),
  );
}
formats.run();
