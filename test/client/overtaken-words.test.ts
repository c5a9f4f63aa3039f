import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { overtakenWords } from '../../client/overtaken-words.ts';

const overtaken = suite('overtakenWords');

overtaken('says who changed it, when on our clocks, what it says now and what to do', () => {
  assert.is(
    overtakenWords('Contacted: “Will call on Monday”', { by: 'ben', at: '2026-11-03T09:32:00Z' }, 'Europe/Berlin'),
    'Meanwhile ben changed it, 3 Nov 2026, 10:32. It now says: Contacted: “Will call on Monday”. ' +
      'What you typed is kept here: save again to put it in the place of that, or cancel to leave that.',
  );
});

overtaken('says so of somebody the server does not name', () => {
  assert.match(overtakenWords('“Monthly”', null, 'UTC'), /^Meanwhile somebody else changed it\. It now says: “Monthly”\. What you typed/);
});

overtaken.run();
