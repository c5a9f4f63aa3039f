import type { DigestDeliveryRow, DigestRow } from '../../../etl/store/tables.ts';
import { resolveSecrets, type SecretEnv } from '../../../etl/secret.ts';
import { periodFrom } from '../../../queries/model/digest-period.ts';
import { freshLink } from '../../surveys/invitation.ts';
import { contentOf, issueRow } from '../issues.ts';
import type { MailAddress } from './mail-settings.ts';
import { isOfPause } from '../alerts.ts';
import { alertMessage, digestMessage, pauseMessage, surveyMessage } from './message.ts';
import type { OutboxDeps } from './outbox.ts';
import { createPartReader } from './parts.ts';
import type { DigestDeps } from '../deps.ts';
import { personalHtml, personalText } from '../render/personal.ts';
import { unsubscribeUrl } from './unsubscribe.ts';
import { slackBody, teamsBody } from './webhook.ts';

/** What the outbox asks for: the bytes of a mail, and where a message to a channel goes. Both are made of what is stored, and only of that. */
export function createOutgoing(
  { store, organisation, baseUrl, env }: Pick<DigestDeps, 'store' | 'organisation' | 'baseUrl'> & { env: SecretEnv },
  from: MailAddress | null,
): Pick<OutboxDeps, 'messageOf' | 'webhookOf'> {
  const partsOf = createPartReader(store.reader);
  return {
    async messageOf(delivery) {
      if (!from) throw new Error('mail is not set up');
      if (delivery.kind === 'survey') {
        const { address: to, message_id: messageId, issue_id } = delivery;
        const { invitation, received, until, url } = await freshLink(store, issue_id, { baseUrl, zone: organisation.zone });
        const { question, message, asked_at: madeAt } = invitation;
        const said = { organisation: organisation.name, question, message, received, until, url };
        return { raw: await surveyMessage({ from, to, messageId, madeAt, ...said }) };
      }
      const head = { from, to: delivery.address, messageId: delivery.message_id, issueId: delivery.issue_id };
      if (isOfPause(delivery)) return { raw: await pauseMessage({ ...head, ...(await pauseOf(delivery)), publicUrl: baseUrl }) };
      if (delivery.kind === 'alert') return { raw: await alertMessage({ ...head, ...(await alertOf(delivery)), publicUrl: baseUrl }) };
      const issue = await issueRow(store.reader, delivery.issue_id);
      const parts = await partsOf(delivery.issue_id);
      const text = (name: string) => parts.find((part) => part.name === name)?.bytes.toString('utf8') ?? '';
      const isTest = delivery.kind === 'test';
      const url = isTest ? null : await unsubscribeUrl(store, baseUrl, { digestId: delivery.digest_id, address: delivery.address });
      const period = periodFrom(issue.grain, issue.from_on);
      const raw = await digestMessage({
        ...head,
        madeAt: issue.made_at,
        subject: `${isTest ? 'Test: ' : ''}${issue.name}, ${period.text} (${organisation.name})`,
        html: personalHtml(text('digest.html'), url),
        text: personalText(text('digest.txt'), url),
        parts,
        name: issue.name,
        period: { step: issue.grain, from: issue.from_on },
        unsubscribeUrl: url,
      });
      return { raw };
    },
    async webhookOf(delivery) {
      const digest = await store.reader<DigestRow>('digest').where({ digest_id: delivery.digest_id }).first();
      if (!digest?.webhook || digest.removed_at !== null) return null;
      const { url } = resolveSecrets({ url: digest.webhook }, env);
      const { headline, name, period } = await contentOf(store.reader, delivery.issue_id);
      const message = { headline: headline.join(' '), url: `${baseUrl}/digests/${delivery.issue_id}`, name, period: period.text };
      return { url, body: digest.webhook_kind === 'teams' ? teamsBody(message) : slackBody(message) };
    },
  };

  async function pauseOf({ digest_id, asked_at }: DigestDeliveryRow) {
    const digest = await store.reader<DigestRow>('digest').where({ digest_id }).first('name', 'pause_reason');
    return { name: digest?.name ?? '', reason: digest?.pause_reason ?? 'it goes on by now', madeAt: asked_at };
  }

  async function alertOf({ issue_id }: DigestDeliveryRow) {
    const issue = await issueRow(store.reader, issue_id);
    const reasons = JSON.parse(issue.reasons ?? '[]') as string[]; // a list of texts
    return { name: issue.name, period: periodFrom(issue.grain, issue.from_on).text, reasons, madeAt: issue.made_at };
  }
}
