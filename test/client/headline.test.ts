import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeInWords, headline } from '../../client/headline.ts';

const thin = '\u202f';
const words = suite('headline');

words('says how many came, against before, how long they waited and how satisfied they were', () => {
  const totals = { received: 1200, received_before: 1000, resolution_days_p50: 6.1, csat_rate: 0.837 };
  // 200 more than 1,000 is 20%; twice √2200 is 94, so it is beyond chance.
  assert.is(
    headline(totals, 'complaints'),
    `1${thin}200 complaints came in, 20% more than before; half are resolved within 6.1 days, and 84% of those who answered are satisfied.`,
  );
});

words('does not make news of what chance allows', () => {
  // The difference, 60, is below 2 · √(1000 + 1060) = 90.8.
  assert.is(headline({ received: 1060, received_before: 1000 }, 'complaints'), `1${thin}060 complaints came in, about as many as before.`);
});

words('leaves out what is unknown and says when there is nothing', () => {
  assert.is(headline({ received: 3, received_before: null, resolution_days_p50: null }, 'cases'), '3 cases came in.');
  assert.is(headline({ received: 5, received_before: 0 }, 'cases'), '5 cases came in, none before.');
  assert.is(headline({ received: 0, received_before: 4 }, 'enquiries'), 'No enquiries match in this period.');
  assert.is(headline({}, 'cases'), '');
});

words('puts a change into words by its unit', () => {
  const table: [number | null, number | null, Parameters<typeof changeInWords>[2], string][] = [
    [113, 100, 'cases', '13% more than before'],
    [87, 100, 'cases', '13% fewer than before'],
    [6.6, 6, 'days', '10% longer than before'],
    [0.84, 0.73, 'share', '11 points higher than before'],
    [0.73, 0.74, 'share', '1 point lower than before'],
    [0.733, 0.734, 'share', 'about as before'],
    [1000, 1001, 'cases', 'about as before'],
    [5, 5, 'cases', 'as before'],
    [5, 0, 'cases', 'none before'],
    [null, 4, 'days', ''],
    [4, null, 'days', ''],
  ];
  for (const [value, before, unit, expected] of table) assert.is(changeInWords(value, before, unit, 'EUR'), expected);
});

words.run();
