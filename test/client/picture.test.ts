import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { layPicture, pictureSvg } from '../../client/picture.ts';

const picture = suite('picture');

const text = {
  title: 'What keeps going wrong?',
  sentence: 'Billing & refunds is named most.',
  notes: ['1 to 31 May 2026; n = 12 cases'],
  ink: '#111111',
  quiet: '#555555',
  paper: '#ffffff',
};
// Ten pixels a letter.
const measure = (part: string) => part.length * 10;

picture('puts title and sentence above the chart and the small print below, broken between words', () => {
  const layout = layPicture(text, { width: 180, height: 100 }, measure);
  assert.equal(
    layout.lines.map((line) => line.text),
    ['What keeps going', 'wrong?', 'Billing & refunds', 'is named most.', '1 to 31 May 2026;', 'n = 12 cases'],
  );
  assert.is(layout.width, 180 + 2 * 24);
  const [above, below] = [layout.lines.slice(0, 4), layout.lines.slice(4)];
  for (const line of above) assert.ok(line.y + line.size <= layout.top, line.text);
  for (const line of below) assert.ok(line.y >= layout.top + 100 && line.y + line.size <= layout.height, line.text);
});

picture('is a document of its own with every word escaped', () => {
  const layout = layPicture(text, { width: 400, height: 100 }, measure);
  const svg = pictureSvg('<svg id="chart"></svg>', layout, text);
  assert.ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"') && svg.endsWith('</svg>'));
  assert.ok(svg.includes('>Billing &amp; refunds is named most.</text>'));
  assert.ok(svg.includes('<desc id="description">Billing &amp; refunds is named most. 1 to 31 May 2026; n = 12 cases</desc>'));
  assert.ok(svg.includes(`<g transform="translate(24 ${layout.top})"><svg overflow="visible" id="chart"></svg></g>`));
});

picture.run();
