import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../etl/store/open.ts';
import type { DigestDeliveryRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { queueDeliveries } from '../../server/digest/deliver/deliveries.ts';
import type { MailSettings } from '../../server/digest/deliver/mail-settings.ts';
import { createOutbox, type OutboxDeps } from '../../server/digest/deliver/outbox.ts';

const childScript = fileURLToPath(new URL('outbox-child.ts', import.meta.url));

/** Settings for a server of a test. */
export function mailTo(port: number): MailSettings {
  const from = { name: 'Silverlining', address: 'silverlining@example.org' };
  return { host: '127.0.0.1', port, secure: false, user: null, password: null, from };
}

/** An outbox as production has it, its messages short and its pauses as random as can be. */
export function testOutbox(deps: Pick<OutboxDeps, 'store' | 'mail'> & Partial<OutboxDeps>) {
  return createOutbox({
    now: () => Math.floor(Date.now() / 1000),
    random: Math.random,
    log: () => undefined,
    messageOf: (delivery) => Promise.resolve({ raw: shortMessage(delivery) }),
    webhookOf: () => Promise.resolve(null),
    ...deps,
  });
}

/** A message of a few lines; `filler` bytes make it longer. */
export function shortMessage({ message_id, address }: DigestDeliveryRow, filler = 0): Buffer {
  const lines = `${'x'.repeat(74)}\r\n`.repeat(Math.ceil(filler / 76));
  return Buffer.from(`Message-ID: ${message_id}\r\nTo: ${address}\r\nSubject: Digest\r\n\r\n${lines}END\r\n`);
}

/** Puts one digest in line for `count` recipients, `someone1@example.org` and so on. */
export async function queueFor(store: Store, count: number, now: number, issue = 'issue-1'): Promise<string[]> {
  const addresses = Array.from({ length: count }, (_, i) => `someone${i + 1}@example.org`);
  const wanted = addresses.map((address) => ({ issue_id: issue, digest_id: 1, kind: 'digest' as const, address }));
  await transact(store, (trx) => queueDeliveries(trx, wanted, { askedBy: 'schedule', now }));
  return addresses;
}

/** Every message of the store, by address and round. */
export async function allDeliveries(store: Store): Promise<DigestDeliveryRow[]> {
  const rows = await store.reader<DigestDeliveryRow>('digest_delivery').orderBy(['round', 'issue_id']);
  return rows.sort((a, b) => (a.address < b.address ? -1 : Number(a.address > b.address)));
}

/** A process that runs the outbox of a store until nothing is in line or in hand: `.` when it begins, `!` when it is done. */
export function startOutboxProcess(dataDir: string, port: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', childScript, dataDir, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  // A failed test must not leave it running.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  void ended.then(() => process.off('exit', kill));
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const said = async (sign: string): Promise<void> => {
    while (!text.includes(sign)) if ((await Promise.race([once(child.stdout, 'data').then(() => null), ended])) !== null) return;
  };
  return { said, ended, kill, hasSaid: (sign: string) => text.includes(sign) };
}
