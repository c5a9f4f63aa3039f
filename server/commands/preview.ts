import { BadInput } from '../../etl/errors.ts';
import { previewSource, type Preview, type PreviewedRow } from '../../etl/preview.ts';
import { exitCodes, type Command } from './command.ts';
import { findMap } from './maps.ts';
import { chooseSources } from './run.ts';
import { count, counted } from './words.ts';

const shownRows = 3;
const cellWidth = 48;

export const preview: Command = {
  name: 'preview',
  summary: 'Shows the first rows of a configured source beside what its map makes of them; loads nothing.',
  args: 'SOURCE',
  count: [1, 1],
  flags: { json: { description: `Prints one JSON object, with up to 20 rows instead of ${shownRows}.` } },
  async run({ args, flags }, context) {
    const [source] = chooseSources(context.readConfig(), args);
    if (!source) throw new Error('a chosen source is missing');
    const found = await previewSource({ source, map: findMap(source.map), env: context.env, now: context.now });
    if (flags.json) context.out(`${JSON.stringify(found, null, 2)}\n`);
    else {
      for (const row of found.rows.slice(0, shownRows)) context.out(rowText(row));
      context.out(summary(found));
    }
    for (const note of found.notes) context.say(note);
    if (found.problems.length) throw new BadInput(found.problems);
    return exitCodes.done;
  },
};

/** The columns of a row on the left, the fields of its record on the right. */
function rowText({ line, values, record, problems, flags }: PreviewedRow): string {
  const left = Object.entries(values ?? {}).map(([name, value]) => cell(name, value));
  const right = Object.entries(record ?? {}).map(([name, value]) => cell(name, value));
  const width = Math.max(0, ...left.map((text) => text.length));
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    `  ${(left[i] ?? '').padEnd(width)}  │ ${right[i] ?? ''}`.trimEnd(),
  );
  const said = [
    ...problems.map(({ field, message }) => `  rejected: ${field ? `${field}: ` : ''}${message}`),
    ...flags.map(({ field, message }) => `  flagged: ${field}: ${message}`),
  ];
  return `${[`row ${line}`, ...lines, ...said].join('\n')}\n\n`;
}

function cell(name: string, value: string): string {
  // A value may hold line breaks and what else moves the cursor of a terminal.
  const text = `${name}: ${value.replace(/\p{Cc}+/gu, ' ')}`;
  return text.length > cellWidth ? `${text.slice(0, cellWidth - 1)}…` : text;
}

function summary({ rows, read, header, total }: Preview): string {
  const rejected = rows.filter((row) => row.record === null).length;
  const flagged = rows.filter((row) => row.flags.length).length;
  const all = total?.unit === 'rows' ? ` of ${count(total.count)}` : '';
  return `${counted(read, 'row')}${all} read, ${counted(header.length, 'column')}; of the first ${count(rows.length)}: ${count(rejected)} rejected, ${count(flagged)} flagged\n`;
}
