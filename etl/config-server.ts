import { isIP } from 'node:net';
import { z } from 'zod';

/** Where requests come from, and how many are taken. */
export interface ServerConfig {
  /** Proxies that are believed about who sent a request and whether it came by https: names of networks, addresses, networks as `10.0.0.0/8`. */
  trustProxy: readonly string[];
  limits: RequestLimits;
}

/** How many requests are answered; more get 429. */
export interface RequestLimits {
  /** Failed tries to sign in within five minutes, from one address. */
  signIn: number;
  /** Pushes a minute to one source, from one address. */
  push: number;
  /** Changes a minute of one person. */
  writes: number;
}

/** What holds where nothing is configured: no proxy is believed. */
export const defaultServer: ServerConfig = { trustProxy: [], limits: { signIn: 20, push: 300, writes: 240 } };

const networks = ['loopback', 'linklocal', 'uniquelocal'];

const badProxy = `is no proxy to believe; it is an address, a network like 10.0.0.0/8, or one of ${networks.join(', ')}`;

/** Whether `text` names a proxy or a network of proxies. A number of hops or "everybody" is none: whoever reaches the port could then say who they are. */
export function isProxy(text: string): boolean {
  if (networks.includes(text)) return true;
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const limit = (most: number) => z.int().min(1).max(most);
const { limits } = defaultServer;

const limitsSchema = z
  .strictObject({
    sign_in: limit(100_000)
      .default(limits.signIn)
      .describe('Failed tries to sign in within five minutes from one address; 20 where it is left out.'),
    push: limit(1_000_000).default(limits.push).describe('Pushes a minute to one source from one address; 300 where it is left out.'),
    writes: limit(1_000_000)
      .default(limits.writes)
      .describe('Changes a minute of one person; 240 where it is left out. Questions have turns of their own.'),
  })
  .prefault({});

/** `server:` of the configuration. */
export const serverSchema = z
  .strictObject({
    trust_proxy: z
      .array(z.string().refine(isProxy, { error: badProxy }))
      .default([])
      .describe(
        'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; without it nobody’s are. SILVERLINING_TRUST_PROXY comes first.',
      ),
    limits: limitsSchema.describe('How many requests are answered before 429.'),
  })
  .prefault({});

/** What was written under `server:`. */
export function serverOf({ trust_proxy, limits }: z.output<typeof serverSchema>): ServerConfig {
  return { trustProxy: trust_proxy, limits: { signIn: limits.sign_in, push: limits.push, writes: limits.writes } };
}
