import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { linkSeconds, makeLink } from '../auth/links.ts';
import { changeUser } from '../auth/change-user.ts';
import { roles, type RowScope } from '../auth/roles.ts';
import { addUser, ensureAdministrator, listUsers, setEmail, type User } from '../auth/users.ts';
import { exitCodes, textFlag, type Command } from './command.ts';
import type { Context } from './context.ts';

const defaultRole = 'administrator';

export const user: Command = {
  name: 'user',
  summary: 'Prints a one-time sign-in link, or adds, lists, disables and enables users and says where they get mail and what they see.',
  args: 'link|add|list|disable|enable|email|role|scope|agent [NAME] [VALUE…]',
  count: [1, 100],
  flags: {
    role: { value: 'ROLE', allowed: Object.keys(roles), description: `Role of an added user; ${defaultRole} where it is left out.` },
  },
  async run(given, context) {
    const [word = '', name, ...values] = given.args;
    const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
    if (!verb)
      throw new BadInput([
        { field: '', message: `"${word}" is not one of ${Object.keys(verbs).join(', ')}${didYouMean(word, Object.keys(verbs))}` },
      ]);
    const [least, most] = verb.values;
    const surplus = verb.isOfAll ? name : values[most];
    if (surplus !== undefined)
      throw new BadInput([{ field: '', message: `"${surplus}" is one argument too many: user ${word} ${verb.takes}` }]);
    if (!verb.isOfAll && name === undefined)
      throw new BadInput([{ field: '', message: `whose? expected: npx silverlining user ${word} NAME` }]);
    if (values.length < least) throw new BadInput([{ field: '', message: `something is missing: user ${word} ${verb.takes}` }]);
    if (word !== 'add' && given.flags.role) throw new BadInput([{ field: '--role', message: 'belongs to user add' }]);
    const store = await context.openStore();
    try {
      await ensureAdministrator(store, context.now());
      await verb.run(store, { context, name: name ?? '', role: textFlag(given, 'role') ?? defaultRole, values });
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

interface Verb {
  /** What it takes, in words. */
  takes: string;
  /** How many values after the name, least and most. */
  values: readonly [number, number];
  /** Whether it is about all users and takes no name. */
  isOfAll?: true;
  run: (store: Store, options: { context: Context; name: string; role: string; values: string[] }) => Promise<void>;
}

const nothing = { takes: 'takes a name and nothing else', values: [0, 0] } as const;

const verbs: Record<string, Verb> = {
  link: {
    ...nothing,
    async run(store, { context, name }) {
      const token = await makeLink(store, { name, now: context.now() });
      context.out(`${signInUrl(context, token)}\n`);
      context.say(`The link works once, within ${linkSeconds / 60} minutes, while the server runs (npm start).`);
    },
  },
  add: {
    ...nothing,
    async run(store, { context, name, role }) {
      await addUser(store, { name, role, now: context.now() });
      context.say(`Added ${name} as ${role}. A sign-in link: npx silverlining user link ${name}`);
      if (role === 'staff') context.say(`Staff see their own cases; say which those are: npx silverlining user agent ${name} AGENT`);
    },
  },
  list: {
    takes: 'takes nothing',
    values: [0, 0],
    isOfAll: true,
    async run(store, { context }) {
      for (const row of await listUsers(store)) context.out(`${userLine(row)}\n`);
    },
  },
  disable: {
    ...nothing,
    async run(store, { context, name }) {
      await changeUser(store, name, { isDisabled: true }, { by: null, now: context.now() });
      context.say(`Disabled ${name}; all sessions of ${name} have ended.`);
    },
  },
  enable: {
    ...nothing,
    async run(store, { context, name }) {
      await changeUser(store, name, { isDisabled: false }, { by: null, now: context.now() });
      context.say(`Enabled ${name}. A sign-in link: npx silverlining user link ${name}`);
    },
  },
  email: {
    takes: 'takes an address, or none for no mail',
    values: [0, 1],
    async run(store, { context, name, values: [address] }) {
      await setEmail(store, { name, email: address ?? null, now: context.now() });
      context.say(address === undefined ? `${name} gets no mail any more.` : `${name} gets mail at ${address}.`);
    },
  },
  role: {
    takes: `takes one of ${Object.keys(roles).join(', ')}`,
    values: [1, 1],
    async run(store, { context, name, values: [role = ''] }) {
      await changeUser(store, name, { role }, { by: null, now: context.now() });
      context.say(`${name} is ${role} now.`);
    },
  },
  scope: {
    takes: 'takes team=LABEL and company=LABEL, several of each, or "all"',
    values: [1, 90],
    async run(store, { context, name, values }) {
      await changeUser(store, name, { scope: readScope(values) }, { by: null, now: context.now() });
      context.say(`${name} sees ${values.join(', ')}.`);
    },
  },
  agent: {
    takes: 'takes the label of an agent, or none',
    values: [0, 1],
    async run(store, { context, name, values: [agent] }) {
      await changeUser(store, name, { agent: agent ?? null }, { by: null, now: context.now() });
      context.say(agent === undefined ? `${name} is no agent any more.` : `The own cases of ${name} are those of ${agent}.`);
    },
  },
};

function readScope(values: readonly string[]): RowScope | null {
  if (values.length === 1 && values[0] === 'all') return null;
  const scope: { team: string[]; company: string[] } = { team: [], company: [] };
  for (const value of values) {
    const [, dimension, label] = /^(team|company)=(.+)$/s.exec(value) ?? [];
    if ((dimension !== 'team' && dimension !== 'company') || label === undefined)
      throw new BadInput([{ field: '', message: `"${value}" is neither team=LABEL nor company=LABEL, nor is it "all" alone` }]);
    scope[dimension].push(label);
  }
  return scope;
}

function userLine({ name, role, email, agent, scope, disabled_at }: Omit<User, 'password_hash'>): string {
  const limits = Object.entries(scope === null ? {} : (JSON.parse(scope) as RowScope)); // written by change-user.ts
  const words = limits.map(([dimension, labels]) => `${dimension}=${labels.join('|')}`);
  return [name, role, ...(email === null ? [] : [email]), ...(agent === null ? [] : [`agent=${agent}`]), ...words, ...(disabled_at === null ? [] : ['disabled'])].join('\t'); // prettier-ignore
}

/** Address of a sign-in link on this machine. */
export function signInUrl({ environment }: Pick<Context, 'environment'>, token: string, port = environment.port): string {
  return `${baseUrl(environment.host, port)}/sign-in?token=${token}`;
}

/** Address a browser on this machine reaches the server at. */
export function baseUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
