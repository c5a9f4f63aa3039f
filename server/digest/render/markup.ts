import { colour } from '../../../queries/model/colours.ts';
import type { DigestTable } from '../../../queries/model/digest.ts';
import type { Verdict } from '../../../queries/model/signal.ts';
import { escaped } from './escaped.ts';

/** The colours of a mail, written on every element: a mail client may know no style sheet, and may turn a page dark. */
export const ink = colour('ink', 'light');
export const quiet = colour('ink-2', 'light');
export const paper = colour('raised', 'light');
export const hairline = colour('hairline', 'light');
export const link = colour('accent', 'light');

/** Face of every text; a mail brings no fonts with it. */
export const face = "Inter,-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Colour of the word for a verdict; the word is what tells. */
export function toneOf(verdict: Verdict): string {
  if (verdict === 'concern' || verdict === 'improvement') return colour(verdict, 'light');
  return verdict === 'common_cause' ? quiet : ink;
}

/** Address of a part inside the mail it travels with (RFC 2392). */
export function contentIdOf(part: string): string {
  return `${part}@silverlining`;
}

/**
 * A paragraph of plain text.
 * @param style declarations beside its size and colour, each with its semicolon
 */
export function paragraph(
  text: string,
  { size = 15, color = ink, style = '' }: { size?: number; color?: string; style?: string } = {},
): string {
  const height = Math.round(size * (size > 16 ? 1.35 : 1.45));
  return `<p style="margin:0;font-size:${size}px;line-height:${height}px;color:${color};${style}">${escaped(text)}</p>`;
}

/** A heading of the second rank, above what answers it. */
export function heading(text: string): string {
  return `<h2 style="margin:0 0 4px;font-size:17px;line-height:22px;font-weight:600;color:${ink}">${escaped(text)}</h2>`;
}

/**
 * A table of words with a line below each row.
 * @param most rows; how many are left out is said below
 */
export function dataTable({ columns, rows }: DigestTable, most = Infinity, left = 0): string {
  const side = (i: number) => (columns[i]?.isNumber ? 'right' : 'left');
  // What stands on the table is inherited by its cells, which keeps a mail of many figures small.
  const pad = (i: number) => `padding:3px 0 3px ${i === 0 ? 0 : 8}px`;
  const cell = (tag: 'td' | 'th', text: string, i: number, more: string) =>
    `<${tag} align="${side(i)}"${tag === 'th' ? ' scope="col"' : ''} style="${pad(i)};${more}">${escaped(text)}</${tag}>`;
  const head = columns.map(({ label }, i) =>
    cell('th', label, i, `font-weight:400;color:${quiet};vertical-align:bottom;border-bottom:1px solid ${quiet}`),
  );
  const body = rows.slice(0, most).map((row) => {
    const line = `border-bottom:1px solid ${hairline}`;
    const cells = row.map((text, i) => cell('td', text, i, line + breaking(text)));
    return `<tr>${cells.join('')}</tr>`;
  });
  const missing = left + Math.max(0, rows.length - most);
  return (
    `<table cellpadding="0" cellspacing="0" border="0" width="100%" style="width:100%;border-collapse:collapse;font-size:13px;line-height:18px;` +
    `color:${ink};font-variant-numeric:tabular-nums;overflow-wrap:break-word"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>` +
    (missing ? paragraph(`… and ${missing} more in the dashboard`, { size: 13, color: quiet, style: 'padding-top:4px;' }) : '')
  );
}

/** A figure or a date stays in its line, but for the share behind it; a word wider than a column of a phone may be broken, others not. */
function breaking(text: string): string {
  if (text.length < 14 && /\d/.test(text) && !text.includes('(')) return ';white-space:nowrap';
  return text.split(' ').some((word) => word.length > 16) ? ';overflow-wrap:anywhere;word-break:break-word' : '';
}

/** What a client that knows the width of its window may do better: blocks below each other as wide as the window. */
const columnClass = 'block';
export const narrowStyle = `@media (max-width:639px){.${columnClass}{max-width:100%!important}}`;

/**
 * Blocks beside each other where there is room, else below each other, without asking for the width of the window, which many clients do not
 * tell; Outlook, which lays out like a word processor, gets a table.
 * @param widths in px, in all at most 608
 */
export function columnsOf(blocks: { html: string; width: number }[]): string {
  const parts = blocks.map(
    ({ html, width }, i) =>
      `<!--[if mso]>${i ? '' : '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'}<td valign="top" width="${width}"><![endif]-->` +
      `<div class="${columnClass}" style="display:inline-block;vertical-align:top;width:100%;max-width:${width}px;font-size:13px">${html}</div><!--[if mso]></td><![endif]-->`,
  );
  return `<div style="font-size:0;line-height:0">${parts.join('')}<!--[if mso]></tr></table><![endif]--></div>`;
}
