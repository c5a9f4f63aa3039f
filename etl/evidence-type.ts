import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { BadInput } from './errors.ts';
import { acceptedEvidence, endingOf, type EvidenceTypeName } from './evidence.ts';

const byMime: Partial<Record<string, EvidenceTypeName>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/apng': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'audio/mpeg': 'mp3',
  'audio/x-m4a': 'm4a',
  'audio/mp4': 'm4a',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/ogg; codecs=opus': 'ogg',
  'video/mp4': 'mp4',
  'video/x-m4v': 'mp4',
};
// What only its name tells from plain text, and what a double click would run or open in a browser.
const notText = new Set(
  'html htm xhtml shtml mht mhtml hta svg svgz xml xsl xslt js mjs cjs jse ts vbs vbe wsf wsh ps1 psm1 bat cmd sh bash zsh csh command py pl rb php jsp asp aspx jar reg inf scr lnk url desktop scpt applescript rtf ps eps slk iqy'.split(' '),
); // prettier-ignore

/**
 * The type of a file by what is in it. Its name decides only between kinds of text, and refuses text that would run or open as a page.
 * @param file path of the file
 * @param name as it was given
 * @throws BadInput where it is of no type that is accepted
 */
export async function readEvidenceType(file: string, name: string): Promise<EvidenceTypeName> {
  const head = await readHead(file);
  if (head.length === 0) throw refused('holds nothing: it has 0 bytes');
  const found = await fileTypeFromFile(file).catch(() => undefined); // what it cannot read to the end is of no type it knows
  // A signature of two letters is no proof where all the rest is text: "BMW" is no bitmap.
  if (found?.mime !== 'application/pdf' && (await isText(file, found === undefined))) return textType(head, name);
  if (!found) throw refused('is of a type that is not known here');
  if (found.mime === 'application/x-cfb') {
    if (isOutlookMessage(head)) return 'msg';
    throw refused('is an old Office file or an installer; save it as DOCX, XLSX or PDF');
  }
  const type = byMime[found.mime];
  if (!type) throw refused(/macroenabled/.test(found.mime) ? 'is an Office file with macros' : `is of type ${found.ext.toUpperCase()}`);
  if ((type === 'docx' || type === 'xlsx' || type === 'odt') && (await holds(file, macroParts)))
    throw refused('is an Office file with macros');
  return type;
}

function refused(why: string): BadInput {
  return new BadInput([{ field: 'file', message: `the file ${why}; ${acceptedEvidence}` }]);
}

const headBytes = 65_536;

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whether the whole file is text: UTF-8, UTF-16 with its mark, or, where `isLoose`, any one-byte encoding; without characters for control. */
async function isText(file: string, isLoose: boolean): Promise<boolean> {
  const handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  const mark = bytesRead === 2 ? buffer.toString('hex') : '';
  if (mark === 'fffe' || mark === 'feff') return isTextIn(file, mark === 'fffe' ? 'utf-16le' : 'utf-16be');
  return (await isTextIn(file, 'utf-8')) || (isLoose && (await isTextIn(file, 'windows-1252')));
}

async function isTextIn(file: string, encoding: string): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const isControl = /[^\P{Cc}\t\n\v\f\r]/u;
  try {
    for await (const chunk of createReadStream(file)) if (isControl.test(decoder.decode(chunk as Buffer, { stream: true }))) return false;
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function textType(head: Buffer, name: string): EvidenceTypeName {
  const text = decoded(head).trimStart();
  const ending = endingOf(name);
  if (/^<(!doctype|!--|\?|%|[a-z][a-z0-9:-]*[\s/>])/i.test(text)) throw refused('is a web page, a drawing or another file of markup');
  if (text.startsWith('#!')) throw refused('is a script');
  if (/^(%!PS|\{\\rtf)/.test(text)) throw refused('is a document of a type that can hold programs');
  if (notText.has(ending)) throw refused(`is by its ending .${ending} a script, a page or a shortcut`);
  if (ending === 'csv' || ending === 'tsv') return 'csv';
  return ending !== 'txt' && isMail(text) ? 'eml' : 'text';
}

function decoded(head: Buffer): string {
  const mark = head.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(head);
}

/** Header fields of RFC 5322, among them who sent it and two more that mails have. */
function isMail(text: string): boolean {
  const fields = /^(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+/.exec(text)?.[0] ?? '';
  const has = (name: string) => new RegExp(`^${name}:`, 'im').test(fields);
  return has('from') && ['to', 'date', 'subject', 'message-id', 'received', 'mime-version'].filter(has).length >= 2;
}

/**
 * Whether a compound file is a message of Outlook: its root storage, the first entry of the directory, has the class of one.
 * @see https://learn.microsoft.com/openspecs/office_file_formats/ms-oxmsg 2.2 and ms-cfb 2.2, 2.6
 */
function isOutlookMessage(head: Buffer): boolean {
  if (head.length < 512) return false;
  const sectorBytes = 2 ** head.readUInt16LE(30);
  const root = (head.readUInt32LE(48) + 1) * sectorBytes;
  if (root + 128 > head.length) return false;
  return head.subarray(root + 80, root + 96).toString('hex') === '0b0d020000000000c000000000000046';
}

// Names of the parts of an archive stand in it as they are.
const macroParts = ['vbaProject.bin', 'xl/macrosheets/', 'Basic/script-lc.xml', 'Scripts/'];

async function holds(file: string, words: readonly string[]): Promise<boolean> {
  const overlap = Math.max(...words.map((word) => word.length)) - 1;
  let rest = '';
  for await (const chunk of createReadStream(file)) {
    const text = rest + (chunk as Buffer).toString('latin1');
    if (words.some((word) => text.includes(word))) return true;
    rest = text.slice(-overlap);
  }
  return false;
}
