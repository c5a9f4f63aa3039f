/** A kind of file that is kept as evidence. */
export interface EvidenceType {
  /** What it is called in a list: "PDF". */
  label: string;
  /** As it is served. */
  mime: string;
  /** Endings of its names; the first is added to a name that has none of them. */
  endings: readonly [string, ...string[]];
}

/** Everything that is accepted as evidence; anything else is refused. */
export const evidenceTypes = {
  pdf: { label: 'PDF', mime: 'application/pdf', endings: ['pdf'] },
  png: { label: 'PNG', mime: 'image/png', endings: ['png'] },
  jpeg: { label: 'JPEG', mime: 'image/jpeg', endings: ['jpg', 'jpeg', 'jpe', 'jfif'] },
  gif: { label: 'GIF', mime: 'image/gif', endings: ['gif'] },
  webp: { label: 'WebP', mime: 'image/webp', endings: ['webp'] },
  text: { label: 'Plain text', mime: 'text/plain; charset=utf-8', endings: ['txt', 'text', 'md', 'log'] },
  csv: { label: 'CSV', mime: 'text/csv; charset=utf-8', endings: ['csv', 'tsv'] },
  docx: { label: 'Word (DOCX)', mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', endings: ['docx'] },
  xlsx: { label: 'Excel (XLSX)', mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', endings: ['xlsx'] },
  odt: { label: 'OpenDocument text', mime: 'application/vnd.oasis.opendocument.text', endings: ['odt'] },
  eml: { label: 'Mail (EML)', mime: 'message/rfc822', endings: ['eml'] },
  msg: { label: 'Mail (MSG)', mime: 'application/vnd.ms-outlook', endings: ['msg'] },
  mp3: { label: 'MP3', mime: 'audio/mpeg', endings: ['mp3'] },
  m4a: { label: 'M4A', mime: 'audio/mp4', endings: ['m4a'] },
  wav: { label: 'WAV', mime: 'audio/wav', endings: ['wav'] },
  ogg: { label: 'OGG', mime: 'audio/ogg', endings: ['ogg', 'oga', 'opus'] },
  mp4: { label: 'MP4', mime: 'video/mp4', endings: ['mp4', 'm4v'] },
} as const satisfies Record<string, EvidenceType>;
export type EvidenceTypeName = keyof typeof evidenceTypes;

/** A type by its name, as the type all have in common. */
export const evidenceTypeOf = (name: EvidenceTypeName): EvidenceType => evidenceTypes[name];

/** Bytes of one file, inclusive. */
export const mostEvidenceBytes = 25_000_000;
/** Files of one case, those not counted that were removed. */
export const mostEvidence = 50;
/** Characters of what is said about a file or its removal. */
export const longestEvidenceNote = 500;

/** What is accepted, in a sentence that ends a refusal. */
export const acceptedEvidence =
  'accepted are PDF, pictures (PNG, JPEG, GIF, WebP), plain text, CSV, DOCX, XLSX, ODT, mails (EML, MSG), calls (MP3, M4A, WAV, OGG) and MP4, up to 25 MB';

const longestName = 120;

/**
 * The name a file is shown and saved under: the last part of what was given, without anything that could mislead a reader, a header or a file system,
 * and with an ending of its type.
 */
export function safeFileName(given: string, type: EvidenceTypeName): string {
  const { endings } = evidenceTypeOf(type);
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    // Control characters, and those that are not seen or turn the direction of writing.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '')
    .replace(/["'`<>:|?*]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const ending = endingOf(plain);
  const has = endings.some((one) => one === ending);
  const stem = has ? plain.slice(0, -ending.length - 1).trim() : plain;
  return `${[...(stem || 'file')].slice(0, longestName).join('')}.${has ? ending : endings[0]}`;
}

/** The ending of a name in lower case, without its dot; empty where it has none. */
export function endingOf(name: string): string {
  return /\.([\p{L}\p{N}]{1,12})$/u.exec(name.trim())?.[1]?.toLowerCase() ?? '';
}
