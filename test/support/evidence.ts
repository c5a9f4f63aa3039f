import { deflateRawSync } from 'node:zlib';

/** Smallest whole files of kinds that are accepted or refused as evidence. */
export const samples = {
  pdf: Buffer.from('%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n'),
  png: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  jpeg: Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043000101ffd9', 'hex'),
  webp: Buffer.from('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=', 'base64'),
  wav: Buffer.concat([Buffer.from('RIFF'), Buffer.from([36, 0, 0, 0]), Buffer.from('WAVEfmt '), Buffer.alloc(28)]),
  mp3: Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0]), Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]),
  ogg: Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(20), Buffer.from([1, 30]), Buffer.from('\x01vorbis'), Buffer.alloc(40)]),
  m4a: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypM4A '), Buffer.alloc(4), Buffer.from('M4A isom')]),
  mp4: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(4), Buffer.from('isommp42')]),
  docx: office('application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml', 'word/document.xml'),
  xlsx: office('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml', 'xl/workbook.xml'),
  odt: zipOf([
    ['mimetype', 'application/vnd.oasis.opendocument.text', false],
    ['content.xml', '<office:document-content/>'],
  ]),
  msg: compound('0b0d020000000000c000000000000046'),
  doc: compound('0609020000000000c000000000000046'),
  eml: Buffer.from('From: a@example.org\r\nTo: b@example.org\r\nSubject: The parcel\r\n\r\n<p>It came late.</p>\r\n'),
  docm: office('application/vnd.ms-word.document.macroEnabled.main+xml', 'word/document.xml'),
  hiddenMacro: office(
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
    'word/document.xml',
    'word/vbaProject.bin',
  ),
  zip: zipOf([['a.txt', 'words']]),
  exe: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]),
} as const satisfies Record<string, Buffer>; // prettier-ignore

function office(contentType: string, part: string, more?: string): Buffer {
  const types = `<?xml version="1.0"?><Types><Override PartName="/${part}" ContentType="${contentType}"/></Types>`;
  return zipOf([['[Content_Types].xml', types], [part, '<x/>'], ...(more ? [[more, 'code'] as const] : [])]);
}

/** An archive of files, deflated unless told. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3 */
function zipOf(files: readonly (readonly [name: string, text: string, isDeflated?: boolean])[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text, isDeflated = true] of files) {
    const data = isDeflated ? deflateRawSync(text) : Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isDeflated ? 8 : 0, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, more, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

function crc32(text: string): number {
  let crc = -1;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

/** A compound file whose root storage has a class; its directory is its second sector. */
function compound(rootClass: string): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 48);
  const directory = Buffer.alloc(512);
  Buffer.from('Root Entry', 'utf16le').copy(directory);
  Buffer.from(rootClass, 'hex').copy(directory, 80);
  return Buffer.concat([header, Buffer.alloc(512), directory]);
}
