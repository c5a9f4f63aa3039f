import { BadInput, didYouMean, SourceFailed } from '../../etl/errors.ts';
import type { Config, SourceConfig } from '../../etl/config.ts';
import { connectors } from '../../etl/connectors/index.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { exitCodes, type Command } from './command.ts';
import type { Context } from './context.ts';
import { findMap } from './maps.ts';
import { adoptConfigured } from './rules.ts';
import { sayReport, showProgress } from './run-report.ts';

export const run: Command = {
  name: 'run',
  summary: 'Reads the configured sources now, or those that are named.',
  args: '[SOURCE…]',
  count: [0, Infinity],
  flags: { 'from-start': { description: 'Reads pulled sources from their start again, as after a change of the map.' } },
  async run({ args, flags }, context) {
    const config = context.readConfig();
    const chosen = chooseSources(config, args);
    // Without names it is about everything that can be read.
    const sources = args.length ? chosen : chosen.filter((source) => !isPushed(source));
    if (sources.length === 0) context.say('no source is configured that can be read; npx silverlining import FILE --map NAME loads a file');
    const { env, now, log } = context;
    const store = await context.openStore();
    try {
      await adoptConfigured(store, config, context);
      const codes: number[] = [];
      const deps = { store, config, findMap, env, now, log, isFromStart: flags['from-start'] === true };
      for (const source of sources) codes.push(...(await runOne(deps, source, context)));
      return [exitCodes.failed, exitCodes.loadedWithRejects].find((code) => codes.includes(code)) ?? exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

/** Runs one source and says how it went; one that cannot be read must not keep the others waiting. */
async function runOne(deps: SourceDeps, source: SourceConfig, context: Context): Promise<number[]> {
  const { name } = source;
  const progress = showProgress(name);
  try {
    const { reports, refused } = await runSource({ ...deps, onProgress: progress.onProgress }, source, 'command').finally(progress.end);
    for (const file of refused) context.say(`${name}: ${file.name}: ${file.reason}`);
    if (refused.length) context.say(`  mend the file or the map, then: npx silverlining run ${name}`);
    if (reports.length + refused.length === 0) context.say(`${name}: nothing new in ${placeOf(source)}`);
    const codes: number[] = refused.length ? [exitCodes.failed] : [];
    for (const report of reports) codes.push(await sayReport(deps.store, report, context));
    return codes;
  } catch (error) {
    if (error instanceof SourceFailed) {
      context.say(`${name}: ${error.message}`);
      context.say(
        `  what was loaded before is kept; ${error.retriable ? 'try again' : 'when that is mended'}: npx silverlining run ${name}`,
      );
    } else if (error instanceof BadInput) {
      for (const { field, message } of error.problems) context.say(`${name}: ${field && field !== name ? `${field}: ` : ''}${message}`);
      if (!isPushed(source)) context.say(`  when that is mended: npx silverlining run ${name}`);
    } else throw error;
    return [exitCodes.failed];
  }
}

/**
 * The sources called `names`, or all of them.
 * @throws BadInput naming every unknown one
 */
export function chooseSources({ sources }: Pick<Config, 'sources'>, names: string[]): SourceConfig[] {
  const known = sources.map((source) => source.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length) {
    const among = known.length ? `; configured are ${known.join(', ')}` : '; none is configured';
    throw new BadInput(
      unknown.map((name) => ({ field: 'source', message: `there is no source "${name}"${didYouMean(name, known)}${among}` })),
    );
  }
  return names.length ? sources.filter((source) => names.includes(source.name)) : sources;
}

function isPushed({ connector }: SourceConfig): boolean {
  return connectors[connector]?.kind === 'push';
}

function placeOf({ options }: SourceConfig): string {
  return typeof options === 'object' && options !== null && 'path' in options ? String(options.path) : 'its place';
}
