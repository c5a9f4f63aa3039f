/** One request as it goes out. */
export interface HttpRequest {
  url: URL;
  method: 'GET' | 'POST';
  /** JSON text, or null. */
  body: string | null;
}

export interface ExchangeOptions {
  headers: Record<string, string>;
  timeoutSeconds: number;
  /** Longest body, unpacked. */
  maxBytes: number;
  signal?: AbortSignal;
}

/** What came of one request. */
export type Exchange =
  | { kind: 'answered'; status: number; headers: Headers; text: string; bytes: number }
  | { kind: 'too large'; bytes: number }
  | { kind: 'timed out' }
  /** `isLasting`: asking again will not help. */
  | { kind: 'failed'; reason: string; isLasting: boolean; cause: unknown };

const reasons: Record<string, { reason: string; isLasting?: true }> = {
  ECONNREFUSED: { reason: 'refuses connections; check that it is running and that the port is right' },
  ENOTFOUND: { reason: 'has a host name that is not known; check the spelling of `url`' },
  EAI_AGAIN: { reason: 'has a host name that cannot be looked up at the moment' },
  ECONNRESET: { reason: 'cut the connection' },
  UND_ERR_SOCKET: { reason: 'cut the connection' },
  UND_ERR_CONNECT_TIMEOUT: { reason: 'does not answer' },
  ETIMEDOUT: { reason: 'does not answer' },
  EHOSTUNREACH: { reason: 'cannot be reached from this machine' },
  ENETUNREACH: { reason: 'cannot be reached from this machine' },
  CERT_HAS_EXPIRED: { reason: 'has a certificate that has expired; whoever runs it must renew it', isLasting: true },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: 'has a certificate for another name; check the host in `url`', isLasting: true },
};
const unknownIssuer = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/;

/**
 * Sends one request and reads the answer to its end, gzip unpacked, never more than `maxBytes`. Redirects are answers like others.
 * @throws only the reason of `signal`, when that is aborted
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<Exchange> {
  const { signal, timeoutSeconds, maxBytes, headers } = options;
  signal?.throwIfAborted();
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const timer = setTimeout(stop, timeoutSeconds * 1000);
  signal?.addEventListener('abort', stop);
  try {
    const { url, method, body } = request;
    const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal: abort.signal });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
    if (bytes > maxBytes) return { kind: 'too large', bytes };
    const text = decoder(answer.headers.get('content-type')).decode(Buffer.concat(chunks));
    return { kind: 'answered', status: answer.status, headers: answer.headers, text, bytes };
  } catch (error) {
    signal?.throwIfAborted();
    return abort.signal.aborted ? { kind: 'timed out' } : explain(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

function decoder(contentType: string | null): TextDecoder {
  const named = /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder('utf-8');
    throw error;
  }
}

function explain(error: unknown): Exchange {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const known = reasons[code];
  if (known) return { kind: 'failed', reason: known.reason, isLasting: known.isLasting === true, cause: error };
  if (unknownIssuer.test(code)) {
    const reason = 'has a certificate this machine does not trust; name its issuer in the environment variable NODE_EXTRA_CA_CERTS';
    return { kind: 'failed', reason, isLasting: true, cause: error };
  }
  const reason = code.startsWith('Z_') ? 'sent a gzip body that cannot be unpacked' : `cut the connection${code ? ` (${code})` : ''}`;
  return { kind: 'failed', reason, isLasting: false, cause: error };
}
