import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { linkSeconds, makeLink } from '../auth/links.ts';
import { roles } from '../auth/roles.ts';
import { addUser, disableUser, ensureAdministrator, listUsers, setEmail } from '../auth/users.ts';
import { exitCodes, textFlag, type Command } from './command.ts';
import type { Context } from './context.ts';

const defaultRole = 'administrator';

export const user: Command = {
  name: 'user',
  summary: 'Prints a one-time sign-in link, or adds, lists and disables users and says where they get mail.',
  args: 'link|add|email|list|disable [NAME] [ADDRESS]',
  count: [1, 3],
  flags: {
    role: { value: 'ROLE', allowed: Object.keys(roles), description: `Role of an added user; ${defaultRole} where it is left out.` },
  },
  async run(given, context) {
    const [verb = '', name, address] = given.args;
    const action = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!action)
      throw new BadInput([
        { field: '', message: `"${verb}" is not one of ${Object.keys(verbs).join(', ')}${didYouMean(verb, Object.keys(verbs))}` },
      ]);
    if (verb === 'list' && name !== undefined)
      throw new BadInput([{ field: '', message: `"${name}" is one argument too many: list takes none` }]);
    if (verb !== 'list' && name === undefined)
      throw new BadInput([{ field: '', message: `whose? expected: npx silverlining user ${verb} NAME` }]);
    if (verb !== 'add' && given.flags.role) throw new BadInput([{ field: '--role', message: 'belongs to user add' }]);
    if (verb !== 'email' && address !== undefined)
      throw new BadInput([{ field: '', message: `"${address}" is one argument too many: only user email takes an address` }]);
    const store = await context.openStore();
    try {
      await ensureAdministrator(store, context.now());
      await action(store, { context, name: name ?? '', role: textFlag(given, 'role') ?? defaultRole, address: address ?? null });
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

const verbs: Record<
  string,
  (store: Store, options: { context: Context; name: string; role: string; address: string | null }) => Promise<void>
> = {
  async link(store, { context, name }) {
    const token = await makeLink(store, { name, now: context.now() });
    context.out(`${signInUrl(context, token)}\n`);
    context.say(`The link works once, within ${linkSeconds / 60} minutes, while the server runs (npm start).`);
  },
  async add(store, { context, name, role }) {
    await addUser(store, { name, role, now: context.now() });
    context.say(`Added ${name} as ${role}. A sign-in link: npx silverlining user link ${name}`);
  },
  async list(store, { context }) {
    for (const row of await listUsers(store))
      context.out(`${row.name}\t${row.role}${row.email === null ? '' : `\t${row.email}`}${row.disabled_at === null ? '' : '\tdisabled'}\n`);
  },
  async email(store, { context, name, address }) {
    await setEmail(store, { name, email: address, now: context.now() });
    context.say(address === null ? `${name} gets no mail any more.` : `${name} gets mail at ${address}.`);
  },
  async disable(store, { context, name }) {
    await disableUser(store, { name, now: context.now() });
    context.say(`Disabled ${name}; all sessions of ${name} have ended.`);
  },
};

/** Address of a sign-in link on this machine. */
export function signInUrl({ environment }: Pick<Context, 'environment'>, token: string, port = environment.port): string {
  return `${baseUrl(environment.host, port)}/sign-in?token=${token}`;
}

/** Address a browser on this machine reaches the server at. */
export function baseUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
