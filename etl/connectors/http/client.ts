import type { ReadContext } from '../../connector.ts';
import { BadInput, type SourceFailed } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { readBody, type Answer } from './answer.ts';
import { exchange, type Exchange, type HttpRequest } from './exchange.ts';
import { createFaults, type Faults } from './fault.ts';
import { longestWaitSeconds, type HttpOptions } from './options.ts';
import { createRate } from './rate.ts';
import { refusal } from './refusal.ts';
import { backOff, retryAfter } from './retry.ts';
import { secretValues } from './secret-values.ts';

export interface HttpDeps {
  /** Between 0 and 1, for back-off; default `Math.random`. */
  random?: () => number;
  /** The option that holds what signs us in, for messages; default the place in `auth`. */
  secretOption?: string;
}

/** Asks one source, politely: in its own time, again where that helps, and never past the limits of its options. */
export interface Client {
  faults: Faults;
  /**
   * @param accept statuses that are answers here and no errors; such an answer has no value
   * @throws SourceFailed
   */
  send(request: HttpRequest, accept?: readonly number[]): Promise<Answer>;
  /** Bytes of all answers so far, unpacked. */
  bytes(): number;
}

const mostFailures = 5;
const mostTimeouts = 2;
const mostBusy = 8;
const headerText = /^[\t\x20-\x7e\x80-\xff]*$/;
const mib = 1024 * 1024;

/** @param options with the values of secrets, which no error will hold */
export function createClient(options: HttpOptions, context: ReadContext, { random = Math.random, secretOption }: HttpDeps): Client {
  const { signal } = context;
  const faults = createFaults([...secretsOf(options), ...secretValues(options)]);
  const headers = headersOf(options);
  for (const [name, value] of Object.entries(headers))
    if (!headerText.test(value))
      throw new BadInput([
        {
          field: `header ${name}`,
          message: 'holds a character that no header can have, such as a line break at the end of a secret; write it again without',
        },
      ]);
  const wait = (milliseconds: number): Promise<void> => context.pause(milliseconds, signal);
  const rate = createRate(options.rate?.requests_per_minute ?? null, wait);
  const limits = { headers, timeoutSeconds: options.timeout_seconds, maxBytes: options.max_page_mb * mib, signal };
  let waited = 0;
  let bytes = 0;

  /** Waits as the source asks, or as long as back-off says; gives up with `fault` when it has been long enough. */
  async function waitBusy(asked: number | null, tries: number, fault: (why: string) => SourceFailed): Promise<void> {
    const milliseconds = asked === null ? backOff(tries, random) : asked * 1000;
    waited += milliseconds / 1000;
    if (waited > longestWaitSeconds)
      throw fault(
        `asks to be left alone for ${asked ?? Math.ceil(milliseconds / 1000)} seconds more than the 15 minutes a run waits in all`,
      );
    if (asked === null && tries >= mostBusy) throw fault(`was still busy after ${tries} tries`);
    await wait(milliseconds);
  }

  async function send(request: HttpRequest, accept: readonly number[] = []): Promise<Answer> {
    const { url } = request;
    let busy = 0;
    for (let failures = 0, timeouts = 0; ;) {
      await rate.take();
      const found = await exchange(request, limits);
      if (found.kind === 'answered') bytes += found.bytes;
      let fault: SourceFailed;
      if (found.kind === 'too large') throw tooLarge(url, options, faults);
      if (found.kind === 'timed out') {
        fault = faults.fail(
          url,
          `did not finish its answer within ${options.timeout_seconds} seconds; ask for less at once (\`paging.size\`) or raise \`timeout_seconds\``,
          { retriable: true },
        );
        if (timeouts++ >= mostTimeouts) throw fault;
      } else if (found.kind === 'failed') {
        fault = faults.fail(url, `${found.reason}${found.isLasting ? '' : again(failures)}`, {
          retriable: !found.isLasting,
          cause: found.cause,
        });
        if (found.isLasting) throw fault;
      } else {
        if (accept.includes(found.status))
          return { url, status: found.status, headers: found.headers, value: undefined, bytes: found.bytes };
        if (found.status === 429 || found.status === 503 || options.try_again.includes(found.status)) {
          const asked = retryAfter(found.headers, context.now());
          await waitBusy(asked, busy++, (why) =>
            faults.fail(url, `${why} (${found.status}); the next run goes on where this one stopped`, { retriable: true }),
          );
          continue;
        }
        if (found.status >= 200 && found.status < 300) {
          const body = readBody({ ...found, url }, faults);
          if (body.kind === 'json') return { url, status: found.status, headers: found.headers, value: body.value, bytes: found.bytes };
          if (body.kind === 'wrong') throw body.fault;
          fault = body.fault;
        } else if (found.status >= 500 || found.status === 408) {
          fault = faults.fail(
            url,
            `has a fault of its own (${found.status})${faults.says(jsonOf(found))}${again(failures)}; tell whoever runs it if it stays so`,
            { retriable: true },
          );
        } else throw refusal({ ...found, url, value: jsonOf(found) }, secretOption ?? placeOf(options), faults);
      }
      if (failures++ >= mostFailures) throw fault;
      await wait(backOff(failures - 1, random));
    }
  }

  return { send, faults, bytes: () => bytes };
}

function again(failures: number): string {
  return failures < mostFailures ? '' : `, ${failures + 1} times one after the other`;
}

function tooLarge(url: URL, options: HttpOptions, faults: Faults): SourceFailed {
  const limit = `${options.max_page_mb} MB (\`max_page_mb\`)`;
  return faults.fail(url, `sends more than ${limit} in one answer; ask for fewer rows a page (\`paging.size\`) or raise the limit`, {
    retriable: false,
  });
}

function jsonOf(found: Extract<Exchange, { kind: 'answered' }>): unknown {
  if (!/^\s*[{[]/.test(found.text) || found.text.length > 65_536) return undefined;
  try {
    return parseJson(found.text);
  } catch (error) {
    if (error instanceof BadInput) return undefined; // a body that is no JSON says nothing we could quote
    throw error;
  }
}

function placeOf({ auth }: HttpOptions): string | null {
  if (!auth) return null;
  if ('bearer' in auth) return 'auth.bearer';
  return 'basic' in auth ? 'auth.basic.password' : 'auth.header.value';
}

function secretsOf({ auth }: HttpOptions): string[] {
  if (!auth) return [];
  if ('bearer' in auth) return [auth.bearer];
  return 'basic' in auth ? [auth.basic.password, basic(auth.basic)] : [auth.header.value];
}

function headersOf({ auth, headers, body }: HttpOptions): Record<string, string> {
  const all: Record<string, string> = { accept: 'application/json', 'user-agent': 'Silverlining' };
  if (body) all['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  if (!auth) return all;
  if ('bearer' in auth) all.authorization = `Bearer ${auth.bearer}`;
  else if ('basic' in auth) all.authorization = `Basic ${basic(auth.basic)}`;
  else all[auth.header.name.toLowerCase()] = `${auth.header.prefix}${auth.header.value}`;
  return all;
}

function basic({ user, password }: { user: string; password: string }): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}
