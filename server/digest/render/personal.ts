import { escaped } from './escaped.ts';
import { link } from './markup.ts';

const begin = '<!--unsubscribe-->';
const end = '<!--/unsubscribe-->';
const address = '{unsubscribe}';
/** The last line of the plain text of a digest. */
export const unsubscribeLine = `To stop these mails: ${address}`;

/** The paragraph of a mail by which its reader ends it, without the address, which is the reader's own. */
export function unsubscribeHtml(style: string): string {
  return `${begin}<p style="${style}"><a href="${address}" style="color:${link}">Stop these mails</a></p>${end}`;
}

/**
 * The HTML of a digest for one reader.
 * @param unsubscribeUrl null: without the paragraph
 */
export function personalHtml(html: string, unsubscribeUrl: string | null): string {
  // The comments cannot come from a name: what is told is escaped. The last, should a mail ever quote another.
  const from = html.lastIndexOf(begin);
  const to = html.indexOf(end, from);
  if (from < 0 || to < 0) return html;
  const within = html.slice(from + begin.length, to);
  return (
    html.slice(0, from) + (unsubscribeUrl === null ? '' : within.split(address).join(escaped(unsubscribeUrl))) + html.slice(to + end.length)
  );
}

/** The same of the plain text. */
export function personalText(text: string, unsubscribeUrl: string | null): string {
  const at = text.lastIndexOf(unsubscribeLine);
  if (at < 0) return text;
  const before = text.slice(0, at);
  return unsubscribeUrl === null
    ? `${before.trimEnd()}\n`
    : before + unsubscribeLine.split(address).join(unsubscribeUrl) + text.slice(at + unsubscribeLine.length);
}

/**
 * The HTML of a digest as the archive shows it: nobody's, and with pictures that have an address.
 * @param hrefOf address of a part by its name
 */
export function archiveHtml(html: string, hrefOf: (name: string) => string): string {
  return personalHtml(html, null).replace(/ src="cid:([^"@]+)@silverlining"/g, (_, name: string) => ` src="${escaped(hrefOf(name))}"`);
}
