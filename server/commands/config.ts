import { existsSync } from 'node:fs';
import { connectors } from '../../etl/connectors/index.ts';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import { resolveSecrets } from '../../etl/secret.ts';
import { exitCodes, type Command } from './command.ts';
import type { Context } from './context.ts';
import { checkMaps } from './maps.ts';
import { counted } from './words.ts';

const verbs = ['check'];

export const config: Command = {
  name: 'config',
  summary: 'Checks the configuration and the maps it names.',
  args: 'check',
  count: [1, 1],
  flags: {},
  run({ args: [verb = ''] }, context) {
    if (!verbs.includes(verb))
      throw new BadInput([{ field: '', message: `"${verb}" is not one of ${verbs.join(', ')}${didYouMean(verb, verbs)}` }]);
    const { sources, calendars, slaPolicies, openId } = context.readConfig();
    checkMaps({ sources });
    for (const { name, options } of sources) sayUnset(name, options, context);
    if (openId) sayUnset('sign_in.openid', openId, context);
    const { configPath } = context.environment;
    const parts = [
      counted(sources.length, 'source'),
      counted(Object.keys(calendars).length, 'calendar'),
      counted(slaPolicies.length, 'SLA policy', 'SLA policies'),
    ];
    const what = existsSync(configPath) ? configPath : `there is no ${configPath}, and what holds without it`;
    context.out(`${what} is fine: ${parts.join(', ')}\n`);
    for (const { name, connector, schedule } of sources)
      if (schedule === null && connectors[connector]?.kind !== 'push')
        context.say(`${name} has no schedule: it is read only by npx silverlining run ${name}, or from /data`);
    return Promise.resolve(exitCodes.done);
  },
};

/** A secret may be set only where the server runs: not to have it here is no fault of the configuration. */
function sayUnset(where: string, options: unknown, { env, say }: Context): void {
  try {
    resolveSecrets(options, env);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    for (const { field, message } of error.problems) say(`note: ${where}: ${field}: ${message}`);
  }
}
