import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../etl/config.ts';
import type { Log } from '../../etl/log.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { startSchedule } from '../../etl/schedule.ts';
import type { Store } from '../../etl/store/open.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { createApp } from '../app.ts';
import { linkSeconds, makeLink } from '../auth/links.ts';
import { forgetExpired, isAnybodySignedIn } from '../auth/sessions.ts';
import { ensureAdministrator } from '../auth/users.ts';
import { ensureClient } from '../build-client.ts';
import { needsDemo } from '../demo.ts';
import { adoptDigests } from '../digest/adopt.ts';
import { usableMail } from '../digest/deliver/usable-mail.ts';
import { startDigests, type ServiceDeps } from '../digest/service.ts';
import { digestDepsOf } from './digest.ts';
import { openConfigFile } from '../config-file.ts';
import type { RunSource } from '../deps.ts';
import type { Environment } from '../environment.ts';
import { withoutValues } from '../errors.ts';
import { runStep } from '../run-step.ts';
import { serve, type Serving } from '../serve.ts';
import { exitCodes, type Command } from './command.ts';
import type { Context } from './context.ts';
import { checkMaps, findMap } from './maps.ts';
import { adoptConfigured } from './rules.ts';
import { chooseSources } from './run.ts';
import { baseUrl, signInUrl } from './user.ts';

export const start: Command = {
  name: 'start',
  summary: 'Sets everything up, fills an empty store with demo data, and serves.',
  args: '',
  count: [0, 0],
  flags: { 'no-demo': { description: 'Leaves an empty store empty.' } },
  async run({ flags }, context) {
    const { environment, say } = context;
    const config = context.readConfig();
    checkMaps(config);
    const stopped = stopSignal();
    const serving = await serve({
      host: environment.host,
      port: environment.port,
      waiting: 'Silverlining is starting; try again in a moment.',
    });
    let store: Store | null = null;
    try {
      const clientDir = await ensureClient(say, stopped);
      store = await context.openStore();
      await ensureAdministrator(store, context.now());
      await forgetExpired(store, context.now());
      await adoptConfigured(store, config, context, stopped);
      const wantsDemo = environment.demo && !flags['no-demo'] && !existsSync(environment.configPath);
      if (wantsDemo && (await needsDemo(store))) await fillWithDemo(environment, stopped);
      const cube = openCube({ reader: store.reader, log: context.log, snapshotDir: path.join(environment.dataDir, 'cube') });
      await serveUntil(stopped, { store, cube, serving, config, clientDir, context }).finally(() => cube.close());
    } catch (error) {
      // Being told to stop while still starting is no failure.
      if (!stopped.aborted) throw error;
    } finally {
      await serving.close();
      await store?.close();
    }
    return exitCodes.done;
  },
};

const graceMs = 8_000;

interface Running {
  store: Store;
  cube: Cube;
  serving: Serving;
  config: Config;
  clientDir: string;
  context: Context;
}

async function serveUntil(stopped: AbortSignal, { store, cube, serving, config, clientDir, context }: Running): Promise<void> {
  const { environment, env, log, now, out } = context;
  const sources: SourceDeps = { store, config, findMap, env, now, log, signal: stopped };
  const { configPath, dataDir, localSources: allowsLocal } = environment;
  const configFile = openConfigFile({ configPath, dataDir, allowsLocal });
  const { organisation } = config;
  void cube.fill();
  const digestDeps: ServiceDeps = { ...digestDepsOf(context, { store, config, port: serving.port }), cube, random: Math.random };
  await adoptDigests(store, config.digests, now());
  const digestService = startDigests(digestDeps);
  const digests = { making: digestDeps, mail: usableMail(environment), wake: digestService.wake };
  serving.open(
    createApp({ store, cube, organisation, digests, runSource: runNow(sources), sources, configFile, log, now, clientDir, stopped }),
  );
  out(`Silverlining is at ${baseUrl(environment.host, serving.port)}\n`);
  if (await isAnybodySignedIn(store, now())) out('For a sign-in link on another device: npx silverlining user link admin\n');
  else out(await invitation(store, context, serving.port));
  log('server_started', { port: serving.port, host: environment.host, engine: store.engine });
  const stopSchedule = startSchedule(sources);
  if (!stopped.aborted) await once(stopped, 'abort');
  log('server_stopping');
  await Promise.all([stopSchedule(), digestService.stop()]);
}

async function invitation(store: Store, context: Context, port: number): Promise<string> {
  const token = await makeLink(store, { name: 'admin', now: context.now() });
  return `Sign in (once, within ${linkSeconds / 60} minutes): ${signInUrl(context, token, port)}\nA fresh link at any time: npx silverlining user link admin\n`;
}

/** The load takes much memory once; this process may run for months. */
async function fillWithDemo({ dataDir, databaseUrl, logLevel }: Environment, signal: AbortSignal): Promise<void> {
  const ours = { SILVERLINING_DATA: dataDir, DATABASE_URL: databaseUrl ?? '', LOG_LEVEL: logLevel };
  await runStep('demo', { env: { ...process.env, ...ours }, signal });
}

/** Starts a run for somebody at the page: they hear that it is under way, the list of runs tells them how it ended. */
function runNow(sources: SourceDeps): RunSource {
  return async (name, startedBy) => {
    const [source] = chooseSources(sources.config, [name]);
    if (!source) throw new Error('a chosen source is missing');
    return new Promise((resolve, reject) => {
      runSource(sources, source, startedBy, (runId) => resolve({ run_id: runId })).catch((error: unknown) => {
        logFailure(sources.log, name, error);
        reject(error instanceof Error ? error : new Error('the run failed', { cause: error }));
      });
    });
  };
}

function logFailure(log: Log, source: string, error: unknown): void {
  log('requested_run_failed', { source, error: withoutValues(error) });
}

/** Aborted by the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.failed);
      controller.abort();
      // A run in the middle of a long file need not be waited for: it is done again, and that changes nothing.
      setTimeout(() => process.exit(exitCodes.done), graceMs).unref();
    });
  }
  return controller.signal;
}
