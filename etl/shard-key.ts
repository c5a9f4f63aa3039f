import { Buffer } from 'node:buffer';

/**
 * The bucket of a record: 32-bit FNV-1a over the UTF-8 of source name, U+001F and record key, folded to 0…32767.
 * Frozen for ever: it decides where a case lives when the store is distributed.
 */
export function shardKey(source: string, sourceId: string): number {
  const text = source + '\u001f' + sourceId;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return fold(hashBytes(Buffer.from(text, 'utf8')));
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return fold(hash);
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function fold(hash: number): number {
  return ((hash >>> 15) ^ hash) & 0x7fff;
}
