import { statSync } from 'node:fs';
import { fileFormats, readerOf, type FileFormat } from '../../etl/connectors/file-format.ts';
import { BadInput } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { runImport } from '../../etl/run.ts';
import { textFlag, type Command } from './command.ts';
import { findMap } from './maps.ts';
import { adoptConfigured } from './rules.ts';
import { sayReport, showProgress } from './run-report.ts';

const standardInput = '-';

export const importFile: Command = {
  name: 'import',
  summary: 'Loads a file (CSV, TSV, NDJSON, JSON or XLSX, also .gz; - is standard input) through a map.',
  args: 'FILE',
  count: [1, 1],
  flags: {
    map: { value: 'NAME|PATH', description: 'The map that says what its columns mean: a name from fixtures/maps, or a path.' },
    format: {
      value: 'FORMAT',
      allowed: fileFormats,
      description: `How the file is written: ${fileFormats.join(', ')}; default as the map says, or by the ending of its name.`,
    },
    through: { value: 'DATE', description: 'The file is complete up to the end of this day (YYYY-MM-DD); default its latest time.' },
  },
  async run(given, context) {
    const [file = ''] = given.args;
    const throughDate = textFlag(given, 'through');
    if (throughDate !== undefined && !isRealDate(throughDate))
      throw new BadInput([{ field: '--through', message: `"${throughDate}" is not a date like 2026-11-09` }]);
    const map = findMap(textFlag(given, 'map'));
    const isPiped = file === standardInput;
    const size = isPiped ? null : sizeOf(file);
    // The flag's declaration admits nothing else.
    const format = (textFlag(given, 'format') as FileFormat | undefined) ?? map.input.format;
    if (isPiped && format === undefined)
      throw new BadInput([
        { field: '--format', message: `is missing: say how standard input is written, one of ${fileFormats.join(', ')}` },
      ]);
    const input = format === undefined ? map.input : { ...map.input, format };
    const connector = readerOf(file, input);
    const config = context.readConfig();

    const store = await context.openStore();
    const progress = showProgress(map.source, size);
    try {
      await adoptConfigured(store, config, context);
      const report = await runImport({
        store,
        map,
        mapName: textFlag(given, 'map') ?? map.source,
        connector,
        options: { ...input, file: isPiped ? process.stdin : file },
        startedBy: 'command',
        input: isPiped ? 'standard input' : file,
        organisation: config.organisation,
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
