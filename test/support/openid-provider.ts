import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody the provider knows. */
export interface Person {
  email?: string;
  email_verified?: boolean;
}

/** A provider of sign-ins on a free port of the loopback address. */
export interface OpenIdProvider {
  issuer: string;
  /** Says where the browser may come back to. */
  register(redirect: string): void;
  /** Signs a person in there and follows a sign-in to where it comes back. */
  follow(url: string, subject: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a real provider (oidc-provider) that asks nobody for a password. */
export async function startOpenIdProvider(people: Readonly<Record<string, Person>>, secret: string): Promise<OpenIdProvider> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let subject = '';
  let provider: Provider | null = null;
  server.on('request', (req, res) => {
    const known = provider;
    if (!known) return res.writeHead(503).end();
    if (!req.url?.startsWith('/interaction/')) return void known.callback()(req, res);
    void (async () => {
      const { grantId, params, prompt } = await known.interactionDetails(req, res);
      if (prompt.name === 'login')
        return known.interactionFinished(req, res, { login: { accountId: subject } }, { mergeWithLastSubmission: false });
      const grant = grantId ? await known.Grant.find(grantId) : new known.Grant({ accountId: subject, clientId: String(params.client_id) });
      grant?.addOIDCScope('openid email profile');
      return known.interactionFinished(req, res, { consent: { grantId: (await grant?.save()) ?? '' } }, { mergeWithLastSubmission: true });
    })().catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  return {
    issuer,
    register(redirect) {
      provider = new Provider(issuer, {
        clients: [
          {
            client_id: 'silverlining',
            client_secret: secret,
            redirect_uris: [redirect],
            grant_types: ['authorization_code'],
            response_types: ['code'],
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        features: { devInteractions: { enabled: false } },
        findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
        pkce: { required: () => true },
        cookies: { keys: ['a key of the tests'] },
        ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      });
    },
    async follow(url, who) {
      subject = who;
      const cookies = new Map<string, string>();
      for (let at = url; ;) {
        if (!at.startsWith(issuer)) return at;
        const response = await fetch(at, {
          redirect: 'manual',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        });
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
          cookies.set(name, value);
        }
        const next = response.headers.get('location');
        if (!next) throw new Error(`${at} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
        at = new URL(next, at).href;
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
