import { unescape } from 'node:querystring';
import { z } from 'zod';
import { pathText } from './config-place.ts';
import { BadInput, SourceFailed, type Problem } from './errors.ts';

/** The environment as `process.env` is. */
export type SecretEnv = Readonly<Record<string, string | undefined>>;

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
/** What to do about a secret that is written out. */
export const secretHowTo = 'is a secret: write ${NAME} here and put the value into the environment variable NAME';

/** A text of the configuration that is exactly `${NAME}`. In the place of any other option than a secret it is no text. */
export class SecretReference {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An option that stands in the configuration as `${NAME}` and whose value comes from the environment when a run starts. */
export function secret() {
  const text = z
    .string({ error: ({ input }) => (input === undefined ? undefined : secretHowTo) })
    .regex(reference, { error: secretHowTo })
    .meta({ pattern: reference.source, examples: ['${NAME}'], writeOnly: true });
  return z.preprocess((given) => (given instanceof SecretReference ? given.text : given), text);
}

/** The name in `${NAME}`, or null where `text` is anything else. */
export function secretName(text: string): string | null {
  return reference.exec(text)?.[1] ?? null;
}

/**
 * The options of a source with the values of their secrets. Every text that is exactly `${NAME}` is one, so that none is missed.
 * @throws BadInput naming every option whose variable is not set
 */
export function resolveSecrets<T>(options: T, env: SecretEnv): T {
  const problems: Problem[] = [];
  const resolved = mapTexts(options, [], (text, path) => {
    const name = secretName(text);
    if (name === null) return text;
    const value = env[name];
    if (value) return value;
    problems.push({
      field: pathText(path),
      message: `the environment variable ${name} is not set; put the secret into it and start Silverlining again`,
    });
    return text;
  });
  if (problems.length) throw new BadInput(problems);
  return resolved as T; // the same shape, texts for texts
}

/**
 * Takes the secrets of a source out of texts that will be shown, stored or logged.
 * @param options as they stand in the configuration, secrets as `${NAME}`
 * @returns puts `${NAME}` where the value of a secret stands, also as part of an address or a header
 */
export function redactor(options: unknown, env: SecretEnv): (text: string) => string {
  const found = new Map<string, string>();
  mapTexts(options, [], (text, path, parent) => {
    const value = valueOf(text, env);
    if (!value) return text;
    // Basic authentication sends both parts as one text.
    const others = Object.values(parent).filter((other) => typeof other === 'string');
    const pairs = others.map((other) => valueOf(other, env) ?? other).flatMap((other) => [`${other}:${value}`, `${value}:${other}`]);
    const forms = [...formsOf(value), ...pairs.map((pair) => Buffer.from(pair).toString('base64'))];
    for (const form of forms) found.set(form, text);
    return text;
  });
  // A secret may be part of another.
  const secrets = [...found].sort(([a], [b]) => b.length - a.length);
  return (text) => secrets.reduce((rest, [form, shown]) => rest.replaceAll(form, () => shown), text);
}

/** The error without secrets, of the same kind: in its message, problems, stack and causes. Anything but an error is only named. */
export function redactError(error: unknown, redact: (text: string) => string): Error {
  if (!(error instanceof Error)) return new Error('something that is no error was thrown');
  const cause = error.cause === undefined ? {} : { cause: redactError(error.cause, redact) };
  const clean = renew(error, redact, cause);
  clean.name = error.name;
  clean.stack = redact(error.stack ?? '');
  return 'code' in error ? Object.assign(clean, { code: error.code }) : clean;
}

function renew(error: Error, redact: (text: string) => string, cause: { cause?: Error }): Error {
  if (error instanceof BadInput) return new BadInput(error.problems.map((p) => ({ field: redact(p.field), message: redact(p.message) })));
  if (error instanceof SourceFailed) return new SourceFailed(error.source, redact(error.message), { retriable: error.retriable, ...cause });
  return new Error(redact(error.message), cause);
}

function valueOf(text: string, env: SecretEnv): string | undefined {
  const name = secretName(text);
  return name === null ? undefined : env[name];
}

/** A secret as it may stand in an address, a form or a JSON text; of an address also the password in it. */
function formsOf(text: string): string[] {
  const password = URL.canParse(text) ? new URL(text).password : '';
  return [text, password, unescape(password)].filter(Boolean).flatMap((part) => {
    const inForm = new URLSearchParams({ '': part }).toString().slice(1);
    return [part, inForm, encodeURI(part), encodeURIComponent(part), JSON.stringify(part).slice(1, -1)];
  });
}

type Visit = (text: string, path: PropertyKey[], parent: object) => string;

function mapTexts(value: unknown, path: PropertyKey[], visit: Visit, parent: object = {}): unknown {
  if (typeof value === 'string') return visit(value, path, parent);
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, [...path, i], visit, value));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, [...path, key], visit, value)]));
}
