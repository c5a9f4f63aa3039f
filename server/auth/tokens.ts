import { createHash, randomBytes } from 'node:crypto';

/** A secret nobody can guess: 256 random bits, 43 characters that are safe in a URL and a cookie. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the store keeps of a token: SHA-256 in hex, useless to whoever reads the store. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
