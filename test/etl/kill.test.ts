import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { readMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import { openStore } from '../../etl/store/open.ts';

const killing = suite('a killed import');
const kills = 5;
const rows = 12_000;
const maps = {
  plain:
    'source: desk\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n  narrative: text\n',
  folding:
    'source: desk\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n  narrative: text\nfold:\n  take: first\n',
};
const now = () => Math.floor(Date.now() / 1000);

/** An import in a process of its own; resolves once it has loaded a first batch. */
async function startImport(dir: string, mapFile: string, file: string) {
  const url = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../etl/${name}.ts`, import.meta.url)));
  const script = `
    import { readFileSync } from 'node:fs';
    import { csv } from ${url('connectors/csv')};
    import { readMap } from ${url('map')};
    import { runImport } from ${url('run')};
    import { openStore } from ${url('store/open')};
    const [dir, map, file] = process.argv.slice(1);
    const store = await openStore({ dataDir: dir });
    await runImport({ store, map: readMap(readFileSync(map, 'utf8'), map), connector: csv, options: { file }, startedBy: 'command', input: file, now: () => Math.floor(Date.now() / 1000), log: () => undefined, onProgress: () => process.stdout.write('.') });
    await store.close();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dir, mapFile, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => void child.on('exit', () => resolve()));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  return { kill: () => child.kill('SIGKILL'), ended };
}

for (const [name, mapText] of Object.entries(maps)) {
  killing(`loses and doubles nothing with a ${name} map, ${kills} kills`, async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-kill-'));
    try {
      const file = path.join(dir, 'file.csv');
      const mapFile = path.join(dir, 'map.yaml');
      const line = (i: number) =>
        `K${i % (rows - 500)},2024-03-${String((i % 28) + 1).padStart(2, '0')},issue ${i % 40},It came late again ${i}`;
      // The last 500 rows name earlier cases: refused by the plain map, folded by the other.
      writeFileSync(file, `id,received,issue,text\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`);
      writeFileSync(mapFile, mapText);
      for (let i = 0; i < kills; i++) {
        const { kill, ended } = await startImport(dir, mapFile, file);
        await pause(i * 20);
        kill();
        await ended;
      }
      const store = await openStore({ dataDir: dir });
      await runImport({
        store,
        map: readMap(mapText, mapFile),
        connector: csv,
        options: { file },
        startedBy: 'command',
        input: file,
        now,
        log: () => undefined,
      });
      const count = async (sql: string) => Object.values((await store.reader.raw<Record<string, number>[]>(sql))[0] ?? {})[0];
      const cases = rows - 500;
      assert.is(await count('select count(*) from case_fact'), cases);
      assert.is(await count('select max(case_id) from case_fact'), cases);
      assert.is(await count(`select value from change_counter where name = 'case_id'`), cases);
      assert.is(await count('select count(*) from case_issue'), cases);
      assert.is(await count('select count(*) from case_text'), cases);
      assert.is(await count(`select count(*) from case_search where case_search match 'late'`), cases);
      assert.is(await count(`select count(*) from label where dimension = 'issue'`), 40);
      assert.is(await count(`select count(*) from pipeline_run where state = 'running'`), 0);
      assert.is(await count('select count(*) from source_state where locked_by is not null'), 0);
      if (name === 'folding') assert.is(await count('select count(*) from source_row'), rows);
      assert.is(await count('pragma quick_check'), 'ok');
      await store.close();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}

killing.run();
