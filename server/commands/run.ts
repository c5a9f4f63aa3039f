import { BadInput, didYouMean, SourceFailed } from '../../etl/errors.ts';
import type { Config, SourceConfig } from '../../etl/config.ts';
import { runSource } from '../../etl/run-source.ts';
import { exitCodes, type Command } from './command.ts';
import { findMap } from './maps.ts';
import { sayReport } from './run-report.ts';

export const run: Command = {
  name: 'run',
  summary: 'Pulls the configured sources now, or those that are named.',
  args: '[SOURCE…]',
  count: [0, Infinity],
  flags: {},
  async run({ args }, context) {
    const config = context.readConfig();
    const sources = chooseSources(config, args);
    const store = await context.openStore();
    try {
      const codes = new Set<number>();
      for (const source of sources) {
        try {
          const deps = { store, config, findMap, now: context.now, log: context.log };
          const { reports, refused } = await runSource(deps, source, 'command');
          for (const { name, reason } of refused) {
            context.say(`${source.name}: ${name}: ${reason}`);
            codes.add(exitCodes.failed);
          }
          if (reports.length + refused.length === 0) context.say(`${source.name}: nothing new in ${source.path}`);
          for (const report of reports) codes.add(await sayReport(store, report, context));
        } catch (error) {
          // One source that cannot be read must not keep the others waiting.
          if (!(error instanceof SourceFailed) && !(error instanceof BadInput)) throw error;
          context.say(`${source.name}: ${error.message}`);
          codes.add(exitCodes.failed);
        }
      }
      return [exitCodes.failed, exitCodes.loadedWithRejects].find((code) => codes.has(code)) ?? exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

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
