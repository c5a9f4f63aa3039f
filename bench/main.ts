import { parseArgs } from 'node:util';
import { benchDigest } from './digest.ts';
import { benchEngine } from './engine.ts';
import { benchFilter } from './filter.ts';
import { benchIngest } from './ingest.ts';
import { benchScreens } from './screens.ts';
import { benchServe } from './serve.ts';

const benches = {
  engine: benchEngine,
  ingest: benchIngest,
  screens: benchScreens,
  filter: benchFilter,
  digest: benchDigest,
  serve: benchServe,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '1000000' }, store: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const names = positionals.length ? positionals : Object.keys(benches);
const rows = Number(values.rows);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length || !Number.isSafeInteger(rows) || rows < 1) {
  console.error(`usage: npm run bench -- [${Object.keys(benches).join('|')}]… [--rows N] [--store DIR] [--json]`);
  if (unknown.length) console.error(`there is no bench named ${unknown.join(', ')}`);
  process.exit(2);
}

const results: Record<string, unknown> = {};
const ratios: Record<string, unknown> = {};
for (const name of names) {
  const report = await benches[name as keyof typeof benches]({ rows, store: values.store });
  results[name] = report.figures;
  Object.assign(ratios, report.figures.ratios);
  if (!values.json) console.log(`\n${report.title}\n${report.lines.join('\n')}`);
}
if (values.json) console.log(JSON.stringify({ ratios, ...results }, null, 2));
