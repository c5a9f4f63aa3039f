import { randomBytes } from 'node:crypto';
import type { Store } from './open.ts';
import { retryWhileBusy } from './transact.ts';

const secrets = new WeakMap<Store, string>();

/** The key under which customer references are hashed: made once per store, never shown. */
export async function customerSecret(store: Store): Promise<string> {
  const known = secrets.get(store);
  if (known) return known;
  const setting = () => store.writer<{ name: string; value: string }>('setting');
  const secret = await retryWhileBusy(async () => {
    const made = { name: 'customer_secret', value: randomBytes(32).toString('base64url') };
    await setting().insert(made).onConflict('name').ignore();
    return (await setting().where({ name: made.name }).first('value'))?.value ?? made.value;
  });
  secrets.set(store, secret);
  return secret;
}
