import { statSync } from 'node:fs';
import { csv } from '../../etl/connectors/csv.ts';
import { BadInput } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { runImport } from '../../etl/run.ts';
import { textFlag, type Command } from './command.ts';
import { findMap } from './maps.ts';
import { sayReport, showProgress } from './run-report.ts';

export const importFile: Command = {
  name: 'import',
  summary: 'Loads a file (plain or .gz) through a map.',
  args: 'FILE',
  count: [1, 1],
  flags: {
    map: { value: 'NAME|PATH', description: 'The map that says what its columns mean: a name from fixtures/maps, or a path.' },
    through: { value: 'DATE', description: 'The file is complete up to the end of this day (YYYY-MM-DD); default its latest time.' },
  },
  async run(given, context) {
    const [file = ''] = given.args;
    const throughDate = textFlag(given, 'through');
    if (throughDate !== undefined && !isRealDate(throughDate))
      throw new BadInput([{ field: '--through', message: `"${throughDate}" is not a date like 2026-11-09` }]);
    const map = findMap(textFlag(given, 'map'));
    const size = sizeOf(file);
    const organisation = context.readConfig().organisation;

    const store = await context.openStore();
    const progress = showProgress(map.source, size);
    try {
      const report = await runImport({
        store,
        map,
        mapName: textFlag(given, 'map') ?? map.source,
        connector: csv,
        options: { file, ...map.input },
        startedBy: 'command',
        input: file,
        organisation,
        now: context.now,
        log: context.log,
        onProgress: progress.onProgress,
        ...(throughDate === undefined ? {} : { throughDate }),
      }).finally(progress.end);
      return await sayReport(store, report, context);
    } finally {
      await store.close();
    }
  },
};

function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile()) return stats.size;
  throw new BadInput([{ field: 'FILE', message: stats ? `"${file}" is not a file` : `there is no file "${file}"` }]);
}
