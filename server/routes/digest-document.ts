import type { Response } from 'express';

/** A mail carries its styles within it, and no script; it may be shown within our own pages only. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Makes an answer the document of a digest. */
export function digestDocument(res: Response): Response {
  return res.set('content-security-policy', policy).set('x-frame-options', 'SAMEORIGIN').type('html');
}
