import { existsSync } from 'node:fs';
import { rulesOfConfig } from '../../etl/business-rules.ts';
import type { Config } from '../../etl/config.ts';
import { adoptRules } from '../../etl/rederive.ts';
import type { Store } from '../../etl/store/open.ts';
import type { Context } from './context.ts';
import { counted } from './words.ts';

/**
 * Puts the calendars and policies of the configuration in force before anything is loaded. Without a configuration file those in
 * force stay: a command that is run in another folder must not undo them.
 */
export async function adoptConfigured(store: Store, config: Config, context: Context, signal?: AbortSignal): Promise<void> {
  const { environment, log, say } = context;
  if (!existsSync(environment.configPath)) return;
  const options = { zone: config.organisation.zone, log, ...(signal ? { signal } : {}) };
  const { changed } = await adoptRules(store, rulesOfConfig(config), options);
  if (changed)
    say(`calendars and SLA policies have changed: deadlines and business time of ${counted(changed, 'case')} are brought in line`);
}
