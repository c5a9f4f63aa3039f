import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { surveyScores } from '../../surveys/scores.ts';
import type { MailAddress } from './mail-settings.ts';

/** A part of an issue as it stands in the store. */
export interface MessagePart {
  name: string;
  type: string;
  bytes: Buffer;
}

/** What every message of ours says of itself. */
export interface MessageHead {
  from: MailAddress;
  to: string;
  /** With its angle brackets, the same in every round. */
  messageId: string;
  /** Seconds since 1970 UTC: when what it tells was made, so that a message sent again is the same. */
  madeAt: number;
}

export interface DigestMessage extends MessageHead {
  issueId: string;
  subject: string;
  /** Personal to the recipient; pictures are `cid:NAME@silverlining`, NAME being that of a part. */
  html: string;
  text: string;
  /** Of these the pictures that the HTML shows and `digest.pdf` are sent. */
  parts: readonly MessagePart[];
  /** Name of the digest and the first date of its period, for the name of the file. */
  name: string;
  period: { step: 'week' | 'month' | 'quarter'; from: string };
  /** null: there is nothing to unsubscribe from. */
  unsubscribeUrl: string | null;
}

export interface AlertMessage extends MessageHead {
  issueId: string;
  /** Name of the digest, and its period in words. */
  name: string;
  period: string;
  reasons: readonly string[];
  /** Address of the server, without a slash at its end. */
  publicUrl: string;
}

/**
 * A digest to one recipient as the bytes of a mail, RFC 5322: a text, HTML with its pictures within it, and a PDF beside it.
 * The same input gives the same bytes.
 */
export function digestMessage(message: DigestMessage): Promise<Buffer> {
  const { subject, html, text, parts, unsubscribeUrl } = message;
  const pictures = parts.filter((part) => part.type === 'image/png' && html.includes(`cid:${contentId(part.name)}`));
  const pdf = parts.find((part) => part.name === 'digest.pdf');
  return compose(message, {
    subject,
    text,
    html,
    ...(unsubscribeUrl !== null && { headers: unsubscribeHeaders(unsubscribeUrl) }),
    attachments: [
      ...pictures.map(({ name, type, bytes }) => ({
        filename: name,
        contentType: type,
        content: bytes,
        cid: contentId(name),
        contentDisposition: 'inline' as const,
      })),
      ...(pdf ? [{ filename: `${fileName(message)}.pdf`, contentType: 'application/pdf', content: pdf.bytes }] : []),
    ],
  });
}

/** To the owner of a digest: it was not sent, why, and what to do. */
export function alertMessage(message: AlertMessage): Promise<Buffer> {
  const { name, period, reasons, publicUrl, issueId } = message;
  const url = `${publicUrl}/digests/${encodeURIComponent(issueId)}`;
  const opening = `The digest ${name} of ${period} was not sent to anybody, because a check failed:`;
  const advice = 'Put right what is named above: it is checked again by itself, and sent when nothing is wrong any more. Where it stands:';
  const items = reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('');
  return compose(message, {
    subject: `Not sent: ${name}, ${period}`,
    text: `${opening}\n\n${reasons.map((reason) => `- ${reason}`).join('\n')}\n\n${advice}\n${url}\n`,
    html: `<!doctype html><html lang="en"><body><p>${escapeHtml(opening)}</p><ul>${items}</ul><p>${advice}<br><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p></body></html>`,
  });
}

/** To whoever manages digests: one rests by itself, why, and where to go. */
export function pauseMessage(message: Omit<AlertMessage, 'period' | 'reasons'> & { reason: string }): Promise<Buffer> {
  const { name, reason, publicUrl } = message;
  const url = `${publicUrl}/digests`;
  const opening = `The digest ${name} is paused: ${reason}.`;
  return compose(message, {
    subject: `Paused: ${name}`,
    text: `${opening}\n\n${url}\n`,
    html: `<!doctype html><html lang="en"><body><p>${escapeHtml(opening)}</p><p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p></body></html>`,
  });
}

/** A question to a customer. It says nothing of the case but when it came in: somebody else may read the mail. */
export interface SurveyMessage extends MessageHead {
  organisation: string;
  message: string;
  question: string;
  /** The date the case was received and the last date of the link, in words. */
  received: string;
  until: string;
  /** Address of the page that asks; with `&score=N` added it has that score chosen. */
  url: string;
}

/** To a customer: how satisfied they are, with a link to each score, none of which is an answer yet. */
export function surveyMessage(asked: SurveyMessage): Promise<Buffer> {
  const { organisation, message, question, received, until, url } = asked;
  const opening = `You contacted us on ${received}. ${message}`.trim();
  const closing = `The link works until ${until}. Opening it answers nothing: you choose there, and press Send.`;
  const links = surveyScores.map(({ score, words }) => `<li><a href="${escapeHtml(url)}&amp;score=${score}">${words}</a></li>`).join('');
  return compose(asked, {
    subject: `${organisation}: ${question}`,
    text: `${opening}\n\n${question}\n\n${url}\n\n${closing}\n\n${organisation}\n`,
    html: `<!doctype html><html lang="en"><body><p>${escapeHtml(opening)}</p><p><strong>${escapeHtml(question)}</strong></p><ul>${links}</ul><p>${closing}</p><p>${escapeHtml(organisation)}</p></body></html>`,
  });
}

/** How HTML refers to a picture: `cid:` and this. */
export function contentId(name: string): string {
  return `${name}@silverlining`;
}

type Content = ConstructorParameters<typeof MailComposer>[0];

function compose({ from, to, messageId, madeAt, issueId }: MessageHead & { issueId?: string }, content: Content): Promise<Buffer> {
  return new MailComposer({
    ...content,
    from: { name: oneLine(from.name), address: from.address },
    // An object, so that nothing in it is taken for a second address.
    to: { name: '', address: to },
    subject: oneLine(content?.subject ?? ''),
    messageId,
    date: new Date(madeAt * 1000),
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 16),
    headers: {
      ...content?.headers,
      'Auto-Submitted': 'auto-generated',
      ...(issueId !== undefined && { 'X-Silverlining-Digest': issueId }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** RFC 8058: mail programs offer to unsubscribe, and need no page for it. */
function unsubscribeHeaders(url: string) {
  return {
    // Encoded as an address it is ASCII without blanks or line ends, and is written as it is: encoded words mean nothing here.
    'List-Unsubscribe': { prepared: true, value: `<${new URL(url).href}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

/** What the file of a digest is called: `late-deliveries-2026-10`, of a week `late-deliveries-week-of-2026-11-09`. */
export function fileName({ name, period: { step, from } }: Pick<DigestMessage, 'name' | 'period'>): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, '-').slice(0, 60).replace(/^-|-$/g, '') || 'digest'; // prettier-ignore
  const [year = '', month = ''] = from.split('-');
  const periods = { week: `week-of-${from}`, month: `${year}-${month}`, quarter: `${year}-q${Math.ceil(Number(month) / 3)}` };
  return `${slug}-${periods[step]}`;
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- line ends would begin a header of their own
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
