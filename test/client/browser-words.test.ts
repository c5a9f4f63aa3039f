import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { browserWords } from '../../client/browser-words.ts';

const words = suite('words for browsers');

words('name the browser and the system as people do, and leave what is neither as it is', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  assert.equal(
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/156.0.0.0 Safari/537.36`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`,
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      'curl/8.5.0',
      null,
    ].map(browserWords),
    ['Chrome on Linux', 'Edge on Windows', 'Firefox on Windows', 'Safari on iPhone', 'curl/8.5.0', 'A browser that did not say which'],
  );
});

words.run();
