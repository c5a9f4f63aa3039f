import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../etl/config.ts';
import { evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import { sweepEvidence } from '../../etl/load-evidence.ts';
import type { Log } from '../../etl/log.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { resolveSecrets } from '../../etl/secret.ts';
import { startSchedule } from '../../etl/schedule.ts';
import type { Store } from '../../etl/store/open.ts';
import { noteServing } from '../../etl/store/serving.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { createApp } from '../app.ts';
import { linkSeconds, makeLink } from '../auth/links.ts';
import { createOpenId } from '../auth/openid.ts';
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
import { startRetention } from '../retention.ts';
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
    let forget = (): void => undefined;
    try {
      const clientDir = await ensureClient(say, stopped);
      store = await context.openStore();
      forget = noteServing(environment.dataDir);
      await ensureAdministrator(store, context.now());
      await forgetExpired(store, context.now());
      await sweepEvidence(store, openEvidenceFiles(evidenceFolder(environment.dataDir)), context.now());
      await adoptConfigured(store, config, context, stopped);
      const wantsDemo = environment.demo && !flags['no-demo'] && !existsSync(environment.configPath);
      if (wantsDemo && (await needsDemo(store))) await fillWithDemo(environment, stopped);
      const { dataDir, memoryBytes } = environment;
      const snapshotDir = path.join(dataDir, 'cube');
      const cube = openCube({
        reader: store.reader,
        log: context.log,
        snapshotDir,
        ...(memoryBytes !== null && { mostBytes: memoryBytes }),
      });
      await serveUntil(stopped, { store, cube, serving, config, clientDir, context }).finally(() => cube.close());
    } catch (error) {
      // Being told to stop while still starting is no failure.
      if (!stopped.aborted) throw error;
    } finally {
      await serving.close();
      await store?.close();
      forget();
    }
    return exitCodes.done;
  },
};

const graceMs = 8_000;

const nobodyTrusted =
  'SILVERLINING_URL is https, and no proxy is believed: the session cookie is not marked Secure, and everybody counts as one address. Set SILVERLINING_TRUST_PROXY=loopback for a proxy on this machine.';

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
  const { organisation, procedure, satisfaction } = config;
  const openId = config.openId && createOpenId(resolveSecrets(config.openId, env), environment.publicUrl);
  void cube.fill();
  const digestDeps: ServiceDeps = { ...digestDepsOf(context, { store, config, port: serving.port }), cube, random: Math.random };
  await adoptDigests(store, config.digests, now());
  const digestService = startDigests(digestDeps);
  const digests = { making: digestDeps, mail: usableMail(environment), wake: digestService.wake };
  const server = { ...config.server, trustProxy: environment.trustProxy ?? config.server.trustProxy };
  serving.open(
    createApp({
      store,
      cube,
      organisation,
      procedure,
      openId,
      satisfaction,
      digests,
      runSource: runNow(sources),
      sources,
      configFile,
      log,
      now,
      clientDir,
      server,
      stopped,
    }),
  );
  if (environment.publicUrl?.startsWith('https:') && server.trustProxy.length === 0) context.say(nobodyTrusted);
  out(`Silverlining is at ${baseUrl(environment.host, serving.port)}\n`);
  if (await isAnybodySignedIn(store, now())) out('For a sign-in link on another device: npx silverlining user link admin\n');
  else out(await invitation(store, context, serving.port));
  log('server_started', { port: serving.port, host: environment.host, engine: store.engine });
  const stopSchedule = startSchedule(sources);
  const stopRetention = startRetention({ store, config, evidence: openEvidenceFiles(evidenceFolder(dataDir)), log, now });
  if (!stopped.aborted) await once(stopped, 'abort');
  log('server_stopping');
  await Promise.all([stopSchedule(), stopRetention(), digestService.stop()]);
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
