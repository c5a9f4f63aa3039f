import { SourceFailed } from '../../errors.ts';
import { valueAt } from '../../json-rows.ts';

/** Makes the errors of a source: they name the address without its query, and never hold a secret or the body of an answer. */
export interface Faults {
  /** @param message a clause that follows the address, as "refuses connections; …" */
  fail(url: URL, message: string, options: { retriable: boolean; cause?: unknown }): SourceFailed;
  /** What the source itself says of an error, as `: "Invalid query"`; an empty text when it says nothing. */
  says(value: unknown): string;
  redact: (text: string) => string;
}

const longestQuote = 200;
const places = ['message', 'error.message', 'error', 'error_description', 'detail', 'description', 'errors.0.message', 'errors.0'];

/** @param secrets values that must not stand in any message */
export function createFaults(secrets: readonly string[]): Faults {
  const forms = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  const redact = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, '…'), text);
  return {
    redact,
    fail: (url, message, options) => new SourceFailed(url.host, redact(`${url.origin}${url.pathname} ${message}`), options),
    says(value) {
      for (const place of places) {
        const said = valueAt(value, place);
        if (typeof said !== 'string' || said.trim() === '') continue;
        const text = redact(said.replace(/\s+/g, ' ').trim());
        return `: "${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}"`;
      }
      return '';
    },
  };
}
