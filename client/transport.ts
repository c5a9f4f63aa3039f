import type { Problem } from '../etl/errors.ts';
import { problemsInWords } from './problem-words.ts';

/** The server refused or could not be reached. `status` 0: no answer came. */
export class ApiFailed extends Error {
  readonly status: number;
  readonly problems: Problem[];
  /** What stands there, where it is not what the reader saw (status 409); else undefined. */
  readonly current: unknown;

  constructor(status: number, problems: Problem[], current?: unknown) {
    super(asSentence(problemsInWords(problems).join('; ')));
    this.name = 'ApiFailed';
    this.status = status;
    this.problems = problems;
    this.current = current;
  }
}

/** What went wrong in words, when (ISO 8601), and the status of the answer; 0 where none came or it could not be read. */
export function failureOf(error: unknown): { message: string; at: string; code: number } {
  const at = new Date().toISOString();
  return error instanceof ApiFailed
    ? { message: error.message, at, code: error.status }
    : { message: 'The answer could not be read.', at, code: 0 };
}

/** What stands there instead of what the reader saw; null for any other failure. The shape is the server's promise. */
export function currentOf<T>(error: unknown): T | null {
  return error instanceof ApiFailed && error.status === 409 && error.current !== undefined ? (error.current as T) : null;
}

/** Whether a status says that what the address asks for is at fault: it cannot be answered, or is more than one request may have. */
export function isOfAddress(code: number): boolean {
  return code === 400 || code === 422;
}

let tellSignedOut: () => void = () => undefined;

/** Calls `listener` whenever the server says that the session has ended. */
export function onSignedOut(listener: () => void): void {
  tellSignedOut = listener;
}

/** What goes with a request. */
export interface Sent {
  body?: unknown;
  /** Bytes that travel as they are, in place of a body. */
  file?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  accept?: string;
}

/**
 * Sends a request whose answer is JSON.
 * @throws ApiFailed, or the abort's own error when `signal` ends it
 */
export async function json<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  const response = await send(method, path, sent);
  // The shape is the server's promise; its tests hold it to the types of wire.ts.
  return (await response.json()) as T;
}

/**
 * Sends a request; an object as body travels as JSON.
 * @throws ApiFailed, or the abort's own error when `signal` ends it
 */
export async function send(
  method: string,
  path: string,
  { body, file, signal, accept = 'application/json', headers: more }: Sent,
): Promise<Response> {
  const headers: Record<string, string> = { accept, ...more };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (file) headers['content-type'] = 'application/octet-stream';
  const sent = file ?? (body === undefined ? undefined : JSON.stringify(body));
  const init = { method, headers, ...(sent !== undefined && { body: sent }), ...(signal && { signal }) };
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailed(0, [{ field: '', message: 'The server did not answer. It may have been stopped, or the network is down.' }]);
  }
  if (response.ok) return response;
  if (response.status === 401) tellSignedOut();
  const { problems, current } = await refusalOf(response);
  throw new ApiFailed(response.status, problems, current);
}

function asSentence(text: string): string {
  return text && `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}

async function refusalOf(response: Response): Promise<{ problems: Problem[]; current?: unknown }> {
  const text = await response.text();
  try {
    const { problems, current } = JSON.parse(text) as { problems?: Problem[]; current?: unknown };
    if (problems?.length) return { problems, current };
  } catch {
    // Not ours: a proxy's page, say. The status is all there is to tell.
  }
  return { problems: [{ field: '', message: `The server answered with status ${response.status}.` }] };
}

/** The search part of an address with its `?`, without the parameters that are absent or empty; empty when none is left. */
export function search(given: Record<string, string | number | null | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text && `?${text}`;
}
