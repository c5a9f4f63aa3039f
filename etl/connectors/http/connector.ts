import type { z } from 'zod';
import type { PullConnector } from '../../connector.ts';
import { httpOptions, resolvedHttpOptions, type HttpInput, type HttpOptions } from './options.ts';
import { createHttpReader, type HttpDeps } from './reader.ts';

/** A source known by name: few options of its own, and how they become those of `http-json`. */
export interface HttpPreset<Options> {
  name: string;
  description: string;
  /** Few keys, as address and token; secrets stand as `secret()`. */
  options: z.ZodType<Options>;
  /** @param options with the values of their secrets */
  toHttp(options: Options): HttpInput;
  /** The option that holds what signs us in, for messages; default `token`. */
  secretOption?: string;
}

/** Any source that answers with pages of JSON. */
export const httpJson: PullConnector<HttpOptions> = {
  kind: 'pull',
  name: 'http-json',
  description: 'Records from a web interface that answers with pages of JSON',
  options: httpOptions,
  hasOpenHeader: true,
  read: createHttpReader({}),
};

/** The connector of a preset. */
export function httpConnector<Options>(preset: HttpPreset<Options>, deps: HttpDeps = {}): PullConnector<Options> {
  const read = createHttpReader({ secretOption: preset.secretOption ?? 'token', ...deps });
  return {
    kind: 'pull',
    name: preset.name,
    description: preset.description,
    options: preset.options,
    hasOpenHeader: true,
    read: (options, since, context) => read(resolvedHttpOptions.parse(preset.toHttp(options)), since, context),
  };
}
