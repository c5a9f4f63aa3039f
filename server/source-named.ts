import type { Config, SourceConfig } from '../etl/config.ts';
import { BadInput, didYouMean } from '../etl/errors.ts';

/** The configured source called `name`. @throws BadInput with near names when there is none */
export function sourceNamed(config: Pick<Config, 'sources'>, name: string): SourceConfig {
  const source = config.sources.find((configured) => configured.name === name);
  if (source) return source;
  const names = config.sources.map((configured) => configured.name);
  throw new BadInput([{ field: 'name', message: `the configuration names no source "${name}"${didYouMean(name, names)}` }]);
}
