// one run: how a digest looks, wherever its figures are from
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DigestContent, DigestTile } from '../../../../queries/model/digest.ts';
import { reports } from '../../../../queries/model/reports.ts';
import { drawChart, hasPicture, pngOf } from '../../../../server/digest/render/draw.ts';
import { mostHtml, pictureSize } from '../../../../server/digest/render/html.ts';
import { archiveHtml, personalHtml, personalText } from '../../../../server/digest/render/personal.ts';
import { faultsOfParts } from '../../../../server/digest/render/render-check.ts';
import { renderDigest, type DigestPart } from '../../../../server/digest/render/render.ts';
import { sampleDigest } from '../../../support/digest-content.ts';
import { readPdf } from '../../../support/pdf-text.ts';

const where = { issueId: 'issue 1', baseUrl: 'https://silverlining.example.org/' };
const part = (parts: DigestPart[], name: string): Buffer => {
  const found = parts.find((one) => one.name === name);
  assert.ok(found, `${name} is there`);
  return found?.bytes ?? Buffer.alloc(0);
};

const render = suite('renderDigest');
let content: DigestContent;
let parts: DigestPart[];
let html = '';
let text = '';
render.before(async () => {
  content = await sampleDigest();
  parts = await renderDigest(content, where);
  html = part(parts, 'digest.html').toString();
  text = part(parts, 'digest.txt').toString();
});

/** Content that tests the limits of a page and of a mail. */
function huge(): DigestContent {
  const long = 'Beschwerdemanagementsoftwareaktualisierung of the product after renewal and mor'.padEnd(80, 'e');
  const signal = content.signals[0];
  assert.ok(signal);
  return {
    ...content,
    name: `Digest of ${long}`,
    organisation: long,
    audience: Array(6).fill(`product ${long}`).join(' · '),
    headline: [`${long} ${content.headline[0]} ${long}`, `${content.headline[1]} ${long} ${long}`, `${content.headline[2]} ${long}`],
    tiles: content.tiles.map((tile): DigestTile => ({
      ...tile,
      change: `${tile.change}, which is more than chance allows for so many cases`,
      target: { value: 1, words: `target at least 80%: not met by ${long}`, assurance: 'at this level it is reached by luck only' },
      last: `${tile.text} in the digest of September 2026`,
      basis: ['n 1\u202f204', 'likely 76 to 80%', `counted by ${long}`],
    })),
    signals: Array.from({ length: 40 }, (_, i) => ({ ...signal, sentence: `\u201c${long} ${i}\u201d ${signal.sentence}` })),
    steady: `As usual: ${Array(12).fill(long).join(', ')}.`,
    charts: content.charts.map((chart) => ({ ...chart, sentence: `${chart.sentence} ${chart.sentence} ${long}` })),
    sections: content.sections.map((section) => ({
      ...section,
      sentence: `${section.sentence} ${long} ${section.sentence}`,
      table: section.table && { ...section.table, rows: Array(60).fill([long, ...(section.table.rows[0] ?? []).slice(1)]) as string[][] },
    })),
    notes: Array.from({ length: 12 }, (_, i) => `Note ${i}: ${long} was restated since the digest before, by 12 cases.`),
  };
}

/** A digest of a store without cases. */
function bare(): DigestContent {
  return {
    ...content,
    audience: '',
    headline: ['Nothing was received in October 2026.', '', ''],
    tiles: content.tiles.map((tile) => ({
      ...tile, value: null, n: null, text: '\u2013', basis: [], change: '', standing: null, target: null, last: '',
      spark: { values: [], limits: [], isLastPartial: false },
    })),
    signals: [],
    steady: '',
    charts: content.charts.map((chart) => ({ ...chart, sentence: 'Nothing in this period.', table: { ...chart.table, rows: [] } })),
    sections: [],
    notes: [],
  }; // prettier-ignore
}

render('makes every form, a picture a chart and a sparkline a tile, and finds no fault with them', () => {
  assert.equal(
    parts.map(({ name, type }) => [name, type]),
    [
      ['content.json', 'application/json'],
      ['digest.html', 'text/html; charset=utf-8'],
      ['digest.txt', 'text/plain; charset=utf-8'],
      ['digest.pdf', 'application/pdf'],
      ...content.charts.map(({ report }) => [`${report}.png`, 'image/png']),
      ...content.tiles.map(({ measure }) => [`spark-${measure}.png`, 'image/png']),
    ],
  );
  assert.equal(JSON.parse(part(parts, 'content.json').toString()), content);
  assert.equal(faultsOfParts(parts, content), []);
});

render('gives the same bytes for the same content', async () => {
  const again = await renderDigest(structuredClone(content), where);
  for (const { name, bytes } of parts) assert.ok(part(again, name).equals(bytes), name);
});

render('lets others be served between two pictures', async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  await renderDigest(content, where);
  clearInterval(count);
  assert.ok(turns >= content.charts.length, `${turns} turns`);
});

const contents: [string, () => DigestContent][] = [
  ['usual', () => content],
  ['huge', huge],
  ['almost empty', bare],
];
for (const [name, make] of contents) {
  render(`fits a page and a mail with ${name} content`, async () => {
    const made = make();
    const all = await renderDigest(made, where);
    assert.equal(faultsOfParts(all, made), []);
    assert.is(readPdf(part(all, 'digest.pdf')).pages, 1);
    assert.ok(part(all, 'digest.html').length < mostHtml, `${part(all, 'digest.html').length} bytes`);
    const wide = part(all, 'digest.txt').toString().split('\n').filter((line) => line.length > 72 && !line.startsWith('https://')); // prettier-ignore
    assert.equal(wide, []);
  });
}

render('fits a page where every text is a page long, and refuses where not even the figures fit', async () => {
  const endless = 'and so on '.repeat(400);
  const tiles = content.tiles.map((tile) => ({ ...tile, title: endless, text: endless, change: endless, last: endless, basis: [endless] }));
  const made: DigestContent = { ...content, headline: [endless, endless, endless], steady: endless, notes: [endless], tiles };
  assert.is(readPdf(part(await renderDigest(made, where), 'digest.pdf')).pages, 1);
  let message = '';
  await renderDigest({ ...made, tiles: [...tiles, ...tiles, ...tiles] }, where).catch((error: Error) => (message = error.message));
  assert.match(message, 'does not fit a page');
});

render('has no heading without anything below it', async () => {
  const all = await renderDigest(bare(), where);
  for (const name of ['digest.html', 'digest.txt']) assert.not.match(part(all, name).toString(), /What changed|About the data/);
});

render('counts what the page and the mail have no room for', async () => {
  const all = await renderDigest(huge(), where);
  assert.match(readPdf(part(all, 'digest.pdf')).text, /… and \d+ more in the mail/);
  assert.match(part(all, 'digest.html').toString(), /… and \d+ more in the dashboard/);
});

render('writes minus signs and thin spaces into the PDF as text', () => {
  const { text: said } = readPdf(part(parts, 'digest.pdf'));
  assert.match(said, '\u221212 (\u22124%)');
  assert.match(said, '1\u202f204');
  assert.match(said, 'Executive digest: October 2026');
  // Also what pictures say, letter by letter.
  assert.match(said.replaceAll('\n', ''), 'Nine in ten resolved within');
  assert.not.match(said, '\ufffd');
});

render('names the PDF, its language and its time', () => {
  const raw = part(parts, 'digest.pdf').toString('latin1');
  assert.match(raw, '/Lang (en)');
  assert.match(raw, '(Executive digest: October 2026)');
  assert.match(raw, '(D:20261115');
});

render('replaces in the PDF what the face does not have', async () => {
  const all = await renderDigest({ ...content, organisation: 'Müller 株式会社 ﬁne\u200d' }, where);
  assert.match(readPdf(part(all, 'digest.pdf')).text, 'Müller □□□□ ');
  assert.match(part(all, 'digest.html').toString(), 'Müller 株式会社');
});

render('says the same in HTML and in plain text', () => {
  for (const told of [...content.headline, ...content.tiles.map((tile) => tile.text), ...content.notes, content.asOfText, 'Nov 2025']) {
    assert.ok(html.includes(told), told);
    assert.ok(text.replaceAll(/\n */g, ' ').includes(told), told);
  }
  for (const address of ['https://silverlining.example.org/digests/issue%201', 'https://silverlining.example.org/?from=2026-10-01'])
    assert.ok(html.includes(address) && text.includes(address), address);
  assert.match(html, '<meta name="color-scheme" content="light only">');
  assert.match(html, '<html lang="en"');
  assert.not.match(html.replace(/<a href="[^"]*"/g, ''), /(src|href)="(?!cid:)/);
  assert.not.match(text, /&\w+;/);
});

render('writes names as words, whatever they are', async () => {
  const script = '<script>alert("1")</script>';
  const [chart] = content.charts;
  assert.ok(chart);
  const rows = chart.table.rows.map((row, i) => (i ? row : { ...row, issue: script }));
  const made = { ...content, name: script, audience: script, charts: [{ ...chart, sentence: script, table: { ...chart.table, rows } }] };
  const all = await renderDigest(made, where);
  assert.equal(faultsOfParts(all, made), []);
  const mail = part(all, 'digest.html').toString();
  assert.not.match(mail, '<script');
  assert.match(mail, '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  assert.match(part(all, 'digest.txt').toString(), script);
});

render('fills in or takes out the paragraph that ends the mails', () => {
  const url = 'https://silverlining.example.org/stop?a=1&b=$&';
  assert.match(personalHtml(html, url), 'href="https://silverlining.example.org/stop?a=1&amp;b=$&amp;"');
  assert.match(personalText(text, url), `To stop these mails: ${url}\n`);
  for (const none of [personalHtml(html, null), personalText(text, null), archiveHtml(html, (name) => `/parts/${name}`)])
    assert.not.match(none, /unsubscribe|[Ss]top these mails/);
  const archived = archiveHtml(html, (name) => `/parts/${name}`);
  assert.not.match(archived, 'cid:');
  assert.match(archived, 'src="/parts/recurring_issues.png"');
});

const pictures = suite('pictures of a digest');

pictures('are written with letters, and tell when these are missing', async () => {
  const drawn = await sampleDigest([
    'recurring_issues', 'resolution_time', 'issues_over_time', 'still_open', 'ageing', 'satisfaction_by_wait_band', 'issues_by_count', 'issues_heat',
  ].filter((name) => reports.some((report) => report.name === name))); // prettier-ignore
  const all = await renderDigest(drawn, where);
  for (const chart of drawn.charts.filter(hasPicture)) {
    const drawing = await drawChart(chart, 'EUR', pictureSize);
    const without = pngOf(drawing, []);
    const name = `${chart.report}.png`;
    assert.not.ok(part(all, name).equals(without), name);
    const faults = faultsOfParts(
      all.map((one) => (one.name === name ? { ...one, bytes: without } : one)),
      drawn,
    );
    assert.equal(faults, [`${name} has no letters: the fonts are missing.`]);
  }
});

pictures('name their lines below them, and of many members draw the first five', async () => {
  const { charts } = await sampleDigest(['resolution_time', 'issues_over_time'], 1500);
  const drawings = await Promise.all(charts.map((chart) => drawChart(chart, 'EUR', pictureSize)));
  const [pair = '', members = ''] = drawings.map(({ svg }) => svg.slice(svg.lastIndexOf('<g transform')));
  assert.equal(pair.match(/>[^<>]+(?=<\/text>)/g), ['>Half resolved within', '>Nine in ten resolved within']);
  assert.is(members.match(/<\/text>/g)?.length, 5);
  assert.equal(drawings[1]?.signs, ['only the first 5 are drawn']);
});

pictures('do not cut names of 32 letters and shorten those of 80 with an ellipsis', async () => {
  const [chart] = content.charts;
  assert.ok(chart);
  const names = ['Online account locked after reset', 'W'.repeat(80), 'Beschwerdemanagement '.repeat(4).trim()];
  const rows = chart.table.rows.slice(0, 3).map((row, i) => ({ ...row, issue: names[i] ?? '' }));
  const { svg, width } = await drawChart({ ...chart, table: { ...chart.table, rows } }, 'EUR', pictureSize);
  assert.is(width, pictureSize.width);
  const words = [...svg.matchAll(/>([^<>]+)<\/(?:text|tspan)>/g)].map(([, word = '']) => word);
  assert.ok(words.includes('Online account locked') && words.includes('after reset'), words.join('|'));
  assert.ok(words.some((word) => word.endsWith('…')), words.join('|')); // prettier-ignore
});

const check = suite('faultsOfParts');

check('finds what is missing, empty, broken or unsaid', () => {
  const replaced = (name: string, bytes: Buffer | string) =>
    parts.map((one) => (one.name === name ? { ...one, bytes: Buffer.from(bytes) } : one));
  const white = pngOf({ svg: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>' });
  const pdf = part(parts, 'digest.pdf').toString('latin1');
  const twice = Buffer.from(pdf.replace('%%EOF', '9 0 obj\n<<\n/Type /Page\n>>\nendobj\n%%EOF'), 'latin1');
  const cases: [string, DigestPart[], string][] = [
    ['a missing part', parts.filter(({ name }) => name !== 'digest.txt'), 'digest.txt is missing.'],
    ['an empty part', replaced('digest.pdf', ''), 'digest.pdf is empty.'],
    ['no picture', replaced('spark-open.png', 'x'), 'spark-open.png is no picture.'],
    ['a cut picture', replaced('spark-open.png', part(parts, 'spark-open.png').subarray(0, 60)), 'spark-open.png is no picture.'],
    ['a white picture', replaced('satisfaction.png', white), 'satisfaction.png shows nothing.'],
    ['two pages', replaced('digest.pdf', twice), 'digest.pdf has 2 pages instead of one.'],
    ['half a PDF', replaced('digest.pdf', pdf.slice(0, 900)), 'digest.pdf is no whole PDF.'],
    ['another content', replaced('content.json', '{}'), 'content.json is not the content.'],
    ['a lost figure', replaced('digest.html', html.replace('>312<', '><')), 'digest.html lacks the figure “312” of “Open”.'],
    ['a lost figure in words', replaced('digest.txt', text.replace('Open: 312', 'Open:')), 'digest.txt lacks the figure “312” of “Open”.'],
    ['a lost sentence', replaced('digest.txt', text.replace('Please decide', '')), `digest.txt lacks the sentence “${content.headline[2]}”`],
    ['a lost picture', replaced('digest.html', html.replace('cid:satisfaction.png@', 'cid:@')), 'digest.html does not show satisfaction.png.'],
    ['too long a mail', replaced('digest.html', html.padEnd(mostHtml + 3)), `digest.html has ${Buffer.byteLength(html.padEnd(mostHtml + 3))} bytes, of which mail clients show ${mostHtml}.`],
    ...['NaN', 'undefined', 'null', 'Infinity'].map((word): [string, DigestPart[], string] => [word, replaced('digest.txt', text.replace('One in four', `${word} in four`)), `digest.txt says “${word}” where a figure or a name belongs; look at the preview, and tell who runs Silverlining.`]),
    ['NaN in HTML', replaced('digest.html', html.replace('About the data', 'NaN%')), 'digest.html says “NaN” where a figure or a name belongs; look at the preview, and tell who runs Silverlining.'],
  ]; // prettier-ignore
  for (const [name, broken, fault] of cases) assert.equal(faultsOfParts(broken, content), [fault], name);
});

check('lets a member be called like a mistake', async () => {
  const [chart] = content.charts;
  assert.ok(chart);
  const rows = chart.table.rows.map((row, i) => (i ? row : { ...row, issue: 'null' }));
  const made = { ...content, charts: [{ ...chart, table: { ...chart.table, rows } }] };
  assert.equal(faultsOfParts(await renderDigest(made, where), made), []);
});

render.run();
pictures.run();
check.run();
