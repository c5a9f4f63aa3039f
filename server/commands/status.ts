import type { SourceRow } from '../../queries/model/lists.ts';
import { listSources } from '../lists.ts';
import { exitCodes, type Command } from './command.ts';

export const status: Command = {
  name: 'status',
  summary: 'Shows the sources, how fresh each is and how its last run ended.',
  args: '',
  count: [0, 0],
  flags: { json: { description: 'Prints one JSON object.' } },
  async run({ flags }, { environment, openStore, now, out }) {
    const store = await openStore();
    try {
      const { rows: sources } = await listSources(store.reader, now());
      const cases = sources.reduce((sum, source) => sum + source.cases, 0);
      if (flags.json) {
        out(`${JSON.stringify({ engine: store.engine, data: environment.dataDir, cases, sources }, null, 2)}\n`);
        return exitCodes.done;
      }
      out(`${cases.toLocaleString('en')} cases in ${store.engine === 'sqlite' ? environment.dataDir : 'PostgreSQL'}\n`);
      if (sources.length === 0) out('No sources yet: npx silverlining import FILE --map NAME\n');
      const head = ['source', 'cases', 'known until', 'last run', 'rejected'];
      if (sources.length) out(table([head, ...sources.map(line)]));
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

function line(source: SourceRow): string[] {
  const last = source.last_run;
  const lastRun = last ? `${last.state} ${last.finished_at ?? last.started_at}` : '–';
  return [
    source.name,
    source.cases.toLocaleString('en'),
    source.live ? 'now' : (source.through ?? '–'),
    lastRun,
    String(last?.rejected ?? '–'),
  ];
}

/** Columns as wide as their widest cell, two blanks apart. */
function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
