import type { z } from 'zod';
import { SecretReference, secretHowTo, secretName } from '../../secret.ts';
import type { Parameters } from './options-parts.ts';
import type { Place } from './place.ts';

const wholeName =
  /(^|_)(token|passw(or)?d|pwd|passphrase|secrets?|credentials?|signature|sig|authorization|auth|bearer|jwt|(api|app|access|auth|private|subscription|client|consumer|account|license|master)_?key|(api|app|access|auth)token)$|^x_(.*_)?key$/;
const pageToken = /(^|_)(page|next|skip|sync|continuation|delta)_?token$/;
const placeholder = /^\{(watermark|key|last|row|parent|answer)\b[^{}]*\}$/;

/** Whether a header, a parameter or a key of a body holds a secret, as far as its name tells: api_key, X-Auth-Token, clientSecret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/_+$/, '');
  return wholeName.test(words) && !pageToken.test(words);
}

/** For options that take a secret where the name of an entry says so: references as the texts they are. */
export function referencesAsTexts(value: unknown): unknown {
  if (value instanceof SecretReference) return value.text;
  if (Array.isArray(value)) return value.map(referencesAsTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, referencesAsTexts(item)]));
}

/** Adds an issue for every secret that is written out, and for every `${NAME}` in the place of something else. */
export function checkSecrets(options: Record<string, unknown>, context: z.core.$RefinementCtx): void {
  const add = (path: PropertyKey[], message: string): void => void context.issues.push({ code: 'custom', message, path, input: options });
  for (const { name, text, path } of entriesOf(withoutSignIn(options))) {
    const isReference = secretName(text) !== null;
    if (isSecretName(name)) {
      if (!isReference && !placeholder.test(text)) add(path, secretHowTo);
    } else if (isReference)
      add(path, 'takes no ${NAME} of the environment; only secrets do, which are known by their name, as api_key or X-Api-Key');
    const inAddress = name === 'url' ? namesIn(text).find(isSecretName) : undefined;
    if (inAddress !== undefined)
      add(path, `holds a secret in "${inAddress}": write it under \`query\` as ${inAddress}: \${NAME}, and put the value into the environment variable NAME`); // prettier-ignore
  }
}

/** The secrets in headers, parameters and body; options with their values. */
export function secretValues(options: Record<string, unknown>): string[] {
  return [...entriesOf(withoutSignIn(options))].flatMap(({ name, text }) =>
    isSecretName(name) && text !== '' && !placeholder.test(text) ? [text] : [],
  );
}

/** The same value without what is named as a secret, at any depth. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const plain = Object.entries(value).filter(([name]) => !isSecretName(name));
  return Object.fromEntries(plain.map(([name, item]) => [name, withoutSecrets(item)]));
}

/** The parameters that are secrets: they are laid over every address a source gives us. */
export function secretParameters(query: Parameters): Parameters {
  return Object.fromEntries(Object.entries(query).filter(([name]) => isSecretName(name)));
}

/**
 * A place without the secrets in its address, as it may be kept: they come from the configuration again.
 * @returns null when the address holds one the configuration does not have, so that it could not be asked for again
 */
export function withoutSecretParameters(place: Place, query: Parameters): Place | null {
  if (place.kind !== 'url') return place;
  const url = new URL(place.url);
  const names = [...new Set(url.searchParams.keys())].filter(isSecretName);
  if (names.length === 0) return place;
  if (names.some((name) => query[name] === undefined)) return null;
  for (const name of names) url.searchParams.delete(name);
  return { kind: 'url', url: url.href };
}

interface Entry {
  name: string;
  text: string;
  path: PropertyKey[];
}

function withoutSignIn(options: Record<string, unknown>): Record<string, unknown> {
  return { ...options, auth: undefined };
}

/** Every text and number with the name it stands under; those of a list stand under the name of the list. */
function* entriesOf(value: unknown, name = '', path: PropertyKey[] = []): Generator<Entry> {
  if (typeof value === 'string' || typeof value === 'number') yield { name, text: String(value), path };
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* entriesOf(item, name, [...path, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* entriesOf(item, key, [...path, key]);
}

function namesIn(url: string): string[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  return [...new URLSearchParams(query).keys()];
}
