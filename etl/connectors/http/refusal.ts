import type { SourceFailed } from '../../errors.ts';
import type { Faults } from './fault.ts';

export interface Refused {
  url: URL;
  status: number;
  headers: Headers;
  /** The body where it was JSON. */
  value: unknown;
}

/** The error for a status that asking again does not mend, with what to do next. @param secretOption the option that signs us in, or null */
export function refusal({ url, status, headers, value }: Refused, secretOption: string | null, faults: Faults): SourceFailed {
  const said = faults.says(value);
  const say = (message: string): SourceFailed => faults.fail(url, message, { retriable: false });
  if (status >= 300 && status < 400) return say(redirect(url, status, headers.get('location')));
  if (status === 401) {
    const next = secretOption
      ? `the secret in \`${secretOption}\` is wrong, has expired or was revoked: make a new one at the source and put it into its environment variable`
      : 'it wants to know who asks: give a secret in `auth`';
    return say(`does not let us in (401)${said}; ${next}`);
  }
  if (status === 403) {
    const next = secretOption
      ? `whoever \`${secretOption}\` belongs to may not read this: give that account the right, or put the secret of another one into the environment variable`
      : 'it may want to know who asks: give a secret in `auth`';
    return say(`refuses to show this (403)${said}; ${next}`);
  }
  if (status === 404 || status === 410)
    return say(`is not there (${status})${said}; check \`url\` against the documentation of the interface`);
  return say(
    `refuses the request (${status})${said}; check \`query\`, \`paging\` and \`incremental\` against the documentation of the interface`,
  );
}

function redirect(url: URL, status: number, location: string | null): string {
  const target = location !== null && URL.canParse(location, url) ? new URL(location, url) : null;
  if (!target) return `answers with a redirect (${status}) to nowhere; check \`url\``;
  const place = target.host === url.host ? `${target.origin}${target.pathname}` : `another host, ${target.host}`;
  const why = target.protocol === 'http:' && url.protocol === 'https:' ? ', without encryption' : '';
  return `sends us on (${status}) to ${place}${why}, and we do not follow, since secrets would go with us; if the interface has moved there, change \`url\`; if that is a sign-in page, the secret is missing or has expired`;
}
