import cron from 'node-cron';
import type { SecretEnv } from '../../etl/secret.ts';
import { withoutValues } from '../errors.ts';
import { noteNotDelivered } from '../surveys/not-delivered.ts';
import { stopMailbox } from './departed.ts';
import type { DigestDeps } from './deps.ts';
import type { MailSettings } from './deliver/mail-settings.ts';
import { createOutbox, type OutboxDeps } from './deliver/outbox.ts';
import { createOutgoing } from './deliver/outgoing.ts';
import { tickDigests } from './tick.ts';

/** What sending needs of the process beside what making does. */
export interface ServiceDeps extends DigestDeps {
  /** Null: digests are made and kept, and their messages wait. */
  mail: MailSettings | null;
  env: SecretEnv;
  random: () => number;
  timings?: OutboxDeps['timings'];
}

export interface DigestService {
  /** Looks at once for what is to be sent. */
  wake: () => void;
  /** Resolves when nothing is being made or sent. */
  idle: () => Promise<void>;
  /** Makes no more; what is in hand comes to its end, for ten seconds. */
  stop: () => Promise<void>;
}

/** Makes and sends digests: looks at once and then once a minute for what is due. */
export function startDigests(deps: ServiceDeps): DigestService {
  const { store, mail, now, random, log, env, timings } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const outbox = createOutbox({
    store, mail, now, random, log, signal,
    ...createOutgoing({ ...deps, env }, mail?.from ?? null),
    onNoSuchMailbox: (delivery) => stopMailbox(store, delivery, now()),
    onFailed: (delivery) => noteNotDelivered(deps, delivery),
    ...(timings && { timings }),
  }); // prettier-ignore
  let isMaking = false;
  let current = Promise.resolve();
  const failed = (error: unknown): void => log('digests_failed', { error: withoutValues(error) });
  const send = (): Promise<void> => (signal.aborted ? Promise.resolve() : outbox.tick().catch(failed));
  const make = async (): Promise<void> => {
    if (isMaking || signal.aborted) return;
    isMaking = true;
    // What was in line before need not wait for what is made now.
    await send();
    await tickDigests(deps, signal).catch(failed);
    isMaking = false;
    await send();
  };
  const go = (): void => {
    current = make();
  };
  go();
  const task = cron.schedule('* * * * *', go, { timezone: 'UTC' });
  return {
    wake: () => void send(),
    async idle() {
      await current;
      await outbox.idle();
    },
    async stop() {
      await task.destroy();
      stopping.abort();
      await current;
      await outbox.idle();
    },
  };
}
