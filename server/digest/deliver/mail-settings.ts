import { isIP } from 'node:net';
import { unescape } from 'node:querystring';

/** A mailbox and the name beside it; the name may be empty. */
export interface MailAddress {
  name: string;
  address: string;
}

/** How mail is sent. */
export interface MailSettings {
  host: string;
  port: number;
  /** Whether the connection is encrypted from its first byte; else by STARTTLS where the server offers it. */
  secure: boolean;
  /** null: the server asks nobody to sign in. */
  user: string | null;
  password: string | null;
  from: MailAddress;
}

type MailServer = Omit<MailSettings, 'from'>;

const mailbox = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what a name must not have
const control = /[\u0000-\u001f\u007f]/;

/**
 * Reads `smtp://user:password@host:587` or `smtps://…`.
 * @returns null when it is no such address; who says so must not repeat it, since it may hold a password
 */
export function readMailServer(text: string): MailServer | null {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const [user, password] = [unescape(url.username), unescape(url.password)];
  const isBare = ['', '/'].includes(url.pathname) && !url.search && !url.hash;
  if (!isBare || !/^[\w.-]+$|^\[[\da-f:.]+\]$/i.test(url.hostname) || control.test(user + password) || (password && !user)) return null;
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    user: user || null,
    password: password || null,
  };
}

/**
 * Reads `Name <address>` or `address`.
 * @returns null when it is neither
 */
export function readMailbox(text: string): MailAddress | null {
  const [, name = '', address = ''] = /^(.*?)\s*<([^<>]*)>$/.exec(text.trim()) ?? ['', '', text.trim()];
  if (!isMailbox(address) || control.test(name)) return null;
  return { name: name.replace(/^"(.*)"$/, '$1'), address };
}

/** Whether a text is a bare mail address, as one recipient can have it. */
export function isMailbox(text: string): boolean {
  return text.length <= 254 && mailbox.test(text) && !control.test(text);
}

/** Whom mail comes from where nobody has said: who signs in at the server, if that is an address. */
export function defaultSender({ user, host }: Pick<MailServer, 'user' | 'host'>): MailAddress {
  if (user !== null && isMailbox(user)) return { name: 'Silverlining', address: user };
  // RFC 5321 writes numbers of machines in brackets.
  const domain = [host, `[${host}]`, `[IPv6:${host}]`][[0, 4, 6].indexOf(isIP(host))] ?? host;
  return { name: 'Silverlining', address: `silverlining@${domain}` };
}
