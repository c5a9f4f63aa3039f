import { roleLabels } from '../../../etl/role-names.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from '../../../server/app.ts';
import { openPaths, openRoutes, permissionOf } from '../../../server/auth/guard.ts';
import { actions, allowedTo, can, roles, type Role } from '../../../server/auth/roles.ts';
import { addUser } from '../../../server/auth/users.ts';
import { middlewareOf, routesOf, targetOf, type KnownRoute } from '../../support/routes.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';

const suiteOfRoles = suite('roles');
let server: TestServer;
suiteOfRoles.before(async () => void (server = await startServer()));
suiteOfRoles.after(() => server.close());

const roleNames = Object.keys(roles) as Role[]; // its own keys
const routes = () => routesOf(createApp(server.deps));
const open = new Set<string>([
  ...openPaths.flatMap((path) => [`GET ${path}`, `POST ${path}`]),
  ...openRoutes.map(({ method, path }) => `${method} ${path}`),
]);
const isOpen = ({ method, path }: KnownRoute) => open.has(`${method} ${path}`);

suiteOfRoles('has every route that is not written down as open begin by asking for one action', () => {
  const wrong = routes().filter((route) => {
    const asked = route.handlers.map((handler) => permissionOf(handler));
    const isFirst = asked[0] !== undefined && asked.filter(Boolean).length === 1;
    return isOpen(route) ? asked.some(Boolean) : !isFirst;
  });
  assert.equal(
    wrong.map(({ method, path }) => `${method} ${path}`),
    [],
  );
  assert.ok(routes().length > 60, `only ${routes().length} routes were found`);
});

suiteOfRoles('has nothing else answer requests but what is named here', () => {
  assert.equal(middlewareOf(createApp(server.deps)).sort(), [
    '<anonymous>', // that figures are not kept by others, and the errors
    'compression',
    'helmetMiddleware',
    'httpsOnly',
    'nothingHere',
    'sameOrigin',
    'serveStatic', // the built client, after sessionGuard
    'sessionGuard',
    'surveyFailed', // errors of the page of a question, as a page
  ]);
});

suiteOfRoles('asks for every action somewhere, or says where else it is asked', () => {
  const asked = new Set(routes().flatMap(({ handlers }) => handlers.flatMap((handler) => permissionOf(handler) ?? [])));
  const elsewhere = ['see_text', 'see_persons'];
  const missing = Object.keys(actions).filter((action) => ![...asked].some((each) => each === action));
  assert.equal(missing, elsewhere);
});

for (const role of roleNames) {
  suiteOfRoles(`refuses to ${role} what the table of roles does not give, with a sentence, and nothing else for that reason`, async () => {
    await addUser(server.store, { name: role, role, now: server.deps.now() });
    const cookie = await signIn(server.store, server.deps.now(), role);
    for (const { method, path, handlers } of routes()) {
      const action = handlers[0] && permissionOf(handlers[0]);
      if (!action || path === '/sign-out' || path === '/api/account/sessions' || path === '/api/runs/live') continue;
      const target = targetOf({ path });
      const response = await server.send(method, target, method === 'GET' ? undefined : {}, { cookie });
      const isRefused = response.status === 403;
      assert.is(isRefused, !can({ role, scope: null }, action), `${role}: ${method} ${path} answered ${response.status}`);
      const body = await response.text();
      if (isRefused) assert.match(body, `as ${roleLabels[role].toLowerCase()} you may not ${actions[action]}`);
    }
  });
}

suiteOfRoles('follows the runs only for who may see sources', async () => {
  const cookie = await signIn(server.store, server.deps.now(), 'staff');
  assert.is((await server.send('GET', '/api/runs/live', undefined, { cookie })).status, 403);
});

suiteOfRoles('lets administrators do everything, and everybody sign out and read', () => {
  assert.equal(allowedTo({ role: 'administrator', scope: null }), Object.keys(actions));
  for (const role of roleNames) for (const action of ['use_account', 'read'] as const) assert.ok(can({ role, scope: null }, action));
});

suiteOfRoles('gives executives no names of agents, no text and no customer', () => {
  for (const action of ['see_persons', 'see_text', 'see_contact'] as const) assert.not.ok(can({ role: 'executive', scope: null }, action));
});

suiteOfRoles('says to the page what its reader may do', async () => {
  const cookie = await signIn(server.store, server.deps.now(), 'trainer');
  const { user } = (await (await server.send('GET', '/api/meta', undefined, { cookie })).json()) as { user: unknown };
  assert.equal(user, { name: 'trainer', role: 'trainer', agent: null, can: allowedTo({ role: 'trainer', scope: null }) });
});

suiteOfRoles('has no route read facts but within what its caller may see', () => {
  const folder = 'server/routes';
  const unbound = readdirSync(folder).filter((file) => /reader: ?store\.reader/.test(readFileSync(`${folder}/${file}`, 'utf8')));
  assert.equal(unbound, ['baselines.ts']); // of all rows, and so for who sees all rows: set_baselines
});

suiteOfRoles.run();
