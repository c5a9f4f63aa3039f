import type { Log } from '../../../etl/log.ts';
import { forgetOwner } from '../../../etl/store/owner.ts';
import type { Store } from '../../../etl/store/open.ts';
import type { DigestDeliveryRow } from '../../../etl/store/tables.ts';
import { withoutValues } from '../../errors.ts';
import { claimNext, countDue, noteHandover, recover, release, settle, type Claim, type Settled } from './claims.ts';
import type { MailSettings } from './mail-settings.ts';
import { isNoSuchMailbox, oneLine, type Outcome } from './outcome.ts';
import { createMailer, type Mailer, type MailTimings } from './smtp.ts';
import { verdictOf } from './verdict.ts';
import { postWebhook } from './webhook.ts';

export interface OutboxDeps {
  store: Store;
  /** null: mail stays in line until it is set up. */
  mail: MailSettings | null;
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** Uniform from 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  log: Log;
  /** Lets what is in hand come to its end, for ten seconds, and takes nothing more. */
  signal?: AbortSignal | undefined;
  /** The bytes of a mail. Messages of an issue are asked for one after the other, so that its parts can be kept for the next. */
  messageOf: (delivery: DigestDeliveryRow) => Promise<{ raw: Buffer }>;
  /** Where a message to a channel goes and what it says; null: nowhere any more. */
  webhookOf: (delivery: DigestDeliveryRow) => Promise<{ url: string; body: object } | null>;
  /** Told when the mail server says that there is no such mailbox. */
  onNoSuchMailbox?: (delivery: DigestDeliveryRow) => Promise<void>;
  /** Told when a message is given up for good. */
  onFailed?: (delivery: DigestDeliveryRow) => Promise<void>;
  timings?: MailTimings & { webhookMs: number; graceMs: number };
}

export interface Outbox {
  /** Takes up what dead processes have left, begins with whatever is due and returns without waiting for it. */
  tick: () => Promise<void>;
  /** Resolves when nothing is in hand. */
  idle: () => Promise<void>;
}

const mostLanes = 3;
const defaultGraceMs = 10_000;
const mailKinds = ['digest', 'test', 'alert', 'survey'] as const;

/**
 * Delivers messages at most once after the other side has accepted them, also across restarts and with several processes on one store:
 * a message is claimed in the store, noted as going out before its first byte does, and what became of it is noted after. Where a process
 * dies between the last two, nobody knows, and the message says so instead of going out twice.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, mail, now, log, signal, timings } = deps;
  const lanes = new Set<Promise<void>>();
  const cutOff = new AbortController();
  let isMailAway = false;
  let grace: NodeJS.Timeout | undefined;
  signal?.addEventListener('abort', cutOffSoon, { once: true });

  function cutOffSoon(): void {
    if (lanes.size > 0) grace = setTimeout(() => cutOff.abort(), timings?.graceMs ?? defaultGraceMs);
  }

  function kinds(): DigestDeliveryRow['kind'][] {
    return mail && !isMailAway ? ['webhook', ...mailKinds] : ['webhook'];
  }

  async function lane(): Promise<void> {
    const mailer = mail && createMailer(mail, timings);
    const cut = () => mailer?.cut();
    cutOff.signal.addEventListener('abort', cut);
    try {
      while (!signal?.aborted) {
        const claim = await claimNext(store, kinds(), now());
        if (!claim) return;
        try {
          await deliver(claim, mailer);
        } finally {
          // Whatever could not be written down is found by the next tick.
          forgetOwner(claim.owner);
        }
      }
    } finally {
      await mailer?.leave();
      cutOff.signal.removeEventListener('abort', cut);
    }
  }

  async function deliver(claim: Claim, mailer: Mailer | null): Promise<void> {
    if (signal?.aborted) return release(store, claim);
    const outcome = await outcomeOf(claim, mailer);
    if (outcome.kind === 'notReached' && signal?.aborted) return release(store, claim);
    if (outcome.kind === 'notReached' && outcome.isServerAway) isMailAway = true;
    const settled = settledBy(outcome, claim);
    const isOurs = await settle(store, claim, settled);
    const { delivery_id: delivery, issue_id: issue, kind, attempts } = claim;
    log('delivery_tried', { delivery, issue, kind, attempt: attempts, state: isOurs ? settled.state : 'taken over' });
    if (outcome.kind === 'refused' && isNoSuchMailbox(outcome)) await tell(claim, deps.onNoSuchMailbox);
    if (isOurs && settled.state === 'failed') await tell(claim, deps.onFailed);
  }

  function settledBy(outcome: Outcome | NotMade, claim: Claim): Settled {
    if (outcome.kind === 'notMade') return { state: outcome.state, said: outcome.said };
    return verdictOf(outcome, claim, { now: now(), random: deps.random });
  }

  async function tell(claim: Claim, listener: OutboxDeps['onFailed']): Promise<void> {
    try {
      await listener?.(claim);
    } catch (error) {
      log('failure_not_noted', { delivery: claim.delivery_id, issue: claim.issue_id, error: withoutValues(error) });
    }
  }

  async function outcomeOf(claim: Claim, mailer: Mailer | null): Promise<Outcome | NotMade> {
    const onHandover = () => noteHandover(store, claim, now());
    try {
      if (claim.kind === 'webhook') {
        const target = await deps.webhookOf(claim);
        if (!target) return { kind: 'notMade', state: 'stopped', said: 'there is no webhook any more' };
        return await postWebhook(target, onHandover, { now, signal: cutOff.signal, ...(timings && { timeoutMs: timings.webhookMs }) });
      }
      const { raw } = await deps.messageOf(claim);
      if (!mail || !mailer) throw new Error('mail is not set up'); // of which none is claimed
      return await mailer.deliver({ from: mail.from.address, to: claim.address }, raw, onHandover);
    } catch (error) {
      log('message_not_made', { delivery: claim.delivery_id, issue: claim.issue_id, error: withoutValues(error) });
      return { kind: 'notMade', state: 'failed', said: oneLine(`the message could not be made: ${withoutValues(error).message}`) };
    }
  }

  function startLane(): void {
    const run = lane()
      // The store cannot be written: the next tick finds everything as it is.
      .catch((error: unknown) => log('outbox_failed', { error: withoutValues(error) }))
      .finally(() => {
        lanes.delete(run);
        if (lanes.size === 0) clearTimeout(grace);
      });
    lanes.add(run);
  }

  return {
    async tick() {
      if (signal?.aborted) return;
      const recovered = await recover(store, now());
      if (recovered.queued + recovered.unknown > 0) log('deliveries_recovered', recovered);
      isMailAway = false;
      const waiting = await countDue(store.reader, kinds(), now(), mostLanes);
      for (let wanted = Math.min(waiting, mostLanes - lanes.size); wanted > 0 && !signal?.aborted; wanted--) startLane();
    },
    async idle() {
      while (lanes.size > 0) await Promise.all(lanes);
    },
  };
}

/** There is nothing to send. */
interface NotMade {
  kind: 'notMade';
  state: 'failed' | 'stopped';
  said: string;
}
