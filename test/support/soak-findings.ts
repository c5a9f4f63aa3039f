import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { csv } from '../../etl/connectors/csv.ts';
import { readMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import { openStore } from '../../etl/store/open.ts';
import { writeExport } from '../../fixtures/generator/export.ts';
import type { Answers } from '../../fixtures/generator/answers.ts';
import { readFindings } from '../../queries/insights/findings.ts';
import { readMeta } from '../../queries/meta.ts';
import { findingsQuery } from '../../queries/model/reports.ts';
import { openingView } from '../../queries/model/view.ts';
import type { FindingJson } from '../../queries/model/wire.ts';

/**
 * Whether the findings of the overview, as it opens, name what is planted in demo data and not the decoys: over many seeds, and over data with nothing
 * planted. Run it by `npm run soak:findings -- --from 1 --to 20`; it prints a line a seed and the totals.
 */
const { values } = parseArgs({ options: { from: { type: 'string', default: '1' }, to: { type: 'string', default: '10' } } });
const until = '2026-11-22';
const now = () => Date.parse(`${until}T20:00:00Z`) / 1000;
const totals = { seeds: 0, rising: 0, fixed: 0, seasonal: 0, campaign: 0, others: 0, unplanted: 0 };

for (let seed = Number(values.from); seed <= Number(values.to); seed++) {
  const { answers, findings } = await find(seed, 'all');
  const none = await find(seed, 'none');
  const { planted } = answers;
  if (!planted) throw new Error('nothing is planted');
  const of = (issue: string, verdict?: string) => findings.some((f) => f.key.issue === issue && (!verdict || f.verdict === verdict));
  const has = {
    rising: of(planted.rising_issue.issue, 'concern'),
    fixed: of(planted.fixed_issue.issue, 'improvement'),
    seasonal: of(planted.seasonal_issue.issue),
    campaign: of(planted.copy_paste_campaign.issue),
  };
  const known = [planted.rising_issue, planted.fixed_issue, planted.seasonal_issue, planted.copy_paste_campaign].map((p) => p.issue);
  const others = findings.filter((f) => !known.includes(f.key.issue ?? ''));
  totals.seeds++;
  for (const name of ['rising', 'fixed', 'seasonal', 'campaign'] as const) totals[name] += has[name] ? 1 : 0;
  totals.others += others.length;
  totals.unplanted += none.findings.length;
  console.log(`seed ${seed}: ${JSON.stringify(has)}; others: ${say(others)}; nothing planted: ${say(none.findings)}`);
}
console.log(JSON.stringify(totals));

function say(findings: FindingJson[]): string {
  return findings.map((f) => f.sentence).join(' ') || 'none';
}

async function find(seed: number, plant: 'all' | 'none'): Promise<{ answers: Answers; findings: FindingJson[] }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'silverlining-findings-'));
  const store = await openStore({ dataDir: path.join(dir, 'store') });
  try {
    const answers = await writeExport({ seed, until, plant, size: 60_000 }, dir);
    const map = readMap(await readFile(new URL('../../fixtures/maps/demo.yaml', import.meta.url), 'utf8'), 'demo');
    const options = { file: path.join(dir, 'cases.csv'), ...map.input };
    await runImport({ store, map, connector: csv, options, startedBy: 'command', input: 'cases.csv', now, log: () => undefined });
    const deps = { reader: store.reader, organisation: { name: 'demo', zone: null, currency: null }, now };
    const meta = await readMeta(deps);
    const { findings } = await readFindings(deps, findingsQuery(openingView(), meta));
    return { answers, findings };
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}
