import { randomBytes } from 'node:crypto';
import type { Store } from './open.ts';
import { retryWhileBusy } from './transact.ts';

const secrets = new WeakMap<Store, Map<string, string>>();

/** The key under which customer references are hashed: made once per store, never shown. */
export function customerSecret(store: Store): Promise<string> {
  return storeSecret(store, 'customer_secret');
}

/** The key by which links to unsubscribe are signed: made once per store, never shown. */
export function unsubscribeSecret(store: Store): Promise<string> {
  return storeSecret(store, 'unsubscribe_secret');
}

async function storeSecret(store: Store, name: string): Promise<string> {
  const known = secrets.get(store) ?? new Map<string, string>();
  secrets.set(store, known);
  const kept = known.get(name);
  if (kept) return kept;
  const setting = () => store.writer<{ name: string; value: string }>('setting');
  const secret = await retryWhileBusy(async () => {
    const made = { name, value: randomBytes(32).toString('base64url') };
    await setting().insert(made).onConflict('name').ignore();
    return (await setting().where({ name }).first('value'))?.value ?? made.value;
  });
  known.set(name, secret);
  return secret;
}
