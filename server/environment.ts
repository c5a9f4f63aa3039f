import path from 'node:path';
import { isProxy } from '../etl/config-server.ts';
import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { defaultSender, readMailbox, readMailServer, type MailSettings } from './digest/deliver/mail-settings.ts';

/** What the process is told from outside, read and checked once. */
export interface Environment {
  port: number;
  host: string;
  /** Absolute folder of the store. */
  dataDir: string;
  /** PostgreSQL address; null: SQLite in `dataDir`. */
  databaseUrl: string | null;
  /** Absolute path of the configuration file, whether or not it exists. */
  configPath: string;
  /** Whether `configPath` was named by hand, so that its absence is a mistake. */
  isConfigNamed: boolean;
  /** Bytes the facts may take in memory, 0 for none; null: as much as the cube allows itself. */
  memoryBytes: number | null;
  logLevel: LogLevel;
  /** Whether an empty store is filled with demo data. */
  demo: boolean;
  /** Whether sources added in the browser may be on this machine. */
  localSources: boolean;
  /** null: digests are made and kept, and nobody is sent mail. */
  mail: MailSettings | null;
  /** Where people reach this server, without a slash at its end; null: at its own address, once it is known what port it listens on. */
  publicUrl: string | null;
  /** Proxies that are believed, instead of those of the configuration; null: those. */
  trustProxy: string[] | null;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof logLevels)[number];

/** Every variable we read, with its default and meaning; the README's table is checked against it. */
export const environmentKeys = {
  PORT: { default: '3000', description: 'Port to listen on; 0 takes a free one.' },
  HOST: { default: '127.0.0.1', description: 'Address to listen on.' },
  SILVERLINING_DATA: { default: './data', description: 'Folder of the store.' },
  DATABASE_URL: { default: '', description: 'PostgreSQL address, postgres://…; absent, a SQLite file in the folder of the store.' },
  SILVERLINING_CONFIG: { default: './silverlining.yaml', description: 'Configuration file: organisation, sources, schedules.' },
  SILVERLINING_DEMO: { default: 'on', description: 'Whether the first start fills an empty store with demo data: on or off.' },
  SILVERLINING_LOCAL_SOURCES: {
    default: 'off',
    description: 'Whether a source added in the browser may be an address of this machine: on or off.',
  },
  SILVERLINING_MEMORY: {
    default: '',
    description:
      'Megabytes the facts may take in memory, 0 to ask the store instead; absent, 1500 or a quarter of the machine’s where that is less.',
  },
  SMTP_URL: {
    default: '',
    description: 'Mail server, smtp://user:password@host:587 or smtps://…; absent, digests are made and kept but not mailed.',
  },
  MAIL_FROM: { default: '', description: 'Sender of mail, Name <address>; absent, Silverlining and the user of SMTP_URL or its host.' },
  SILVERLINING_URL: { default: '', description: 'Address people reach Silverlining at, for links in mail; absent, http://HOST:PORT.' },
  SILVERLINING_TRUST_PROXY: {
    default: '',
    description:
      'Reverse proxies whose X-Forwarded-For and -Proto are believed, with commas: loopback, linklocal, uniquelocal, addresses, networks; none: nobody. Absent, server.trust_proxy.',
  },
  LOG_LEVEL: { default: 'info', description: `How much is logged: ${logLevels.join(', ')}.` },
} as const satisfies Record<string, { default: string; description: string }>;

type Key = keyof typeof environmentKeys;

/**
 * Reads the environment. Empty values count as absent; relative paths are taken from `folder`.
 * @throws BadInput with every problem at once, `field` being the variable
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, folder: string): Environment {
  const problems: Problem[] = [];
  const given = (key: Key) => env[key]?.trim() || environmentKeys[key].default;
  const fail = (field: Key, message: string) => problems.push({ field, message: `"${given(field)}" ${message}` });

  const port = /^\d{1,5}$/.test(given('PORT')) ? Number(given('PORT')) : NaN;
  if (!(port <= 65535)) fail('PORT', 'is not a port: expected a whole number from 0 to 65535');

  const host = given('HOST');
  if (!/^[\w.:-]+$/.test(host)) fail('HOST', 'is not an address: expected one like 127.0.0.1, 0.0.0.0 or ::1');

  const databaseUrl = given('DATABASE_URL') || null;
  if (databaseUrl && !/^postgres(ql)?:\/\/\S+$/.test(databaseUrl)) {
    problems.push({ field: 'DATABASE_URL', message: 'is not an address like postgres://user:password@host:5432/name' });
  }

  const logLevel = logLevels.find((level) => level === given('LOG_LEVEL').toLowerCase());
  if (!logLevel) fail('LOG_LEVEL', `is not one of ${logLevels.join(', ')}${didYouMean(given('LOG_LEVEL'), logLevels)}`);

  const demo = given('SILVERLINING_DEMO').toLowerCase();
  if (demo !== 'on' && demo !== 'off') fail('SILVERLINING_DEMO', 'is neither on nor off');

  const localSources = given('SILVERLINING_LOCAL_SOURCES').toLowerCase();
  if (localSources !== 'on' && localSources !== 'off') fail('SILVERLINING_LOCAL_SOURCES', 'is neither on nor off');

  const memory = given('SILVERLINING_MEMORY');
  if (!/^\d{0,7}$/.test(memory)) fail('SILVERLINING_MEMORY', 'is not a number of megabytes: expected a whole number from 0');

  const mailServer = given('SMTP_URL') ? readMailServer(given('SMTP_URL')) : null;
  if (given('SMTP_URL') && !mailServer)
    problems.push({
      field: 'SMTP_URL',
      message: 'is not an address like smtp://user:password@host:587, with %40 for @, %2F for / and %23 for # within user and password',
    });
  const sender = given('MAIL_FROM') ? readMailbox(given('MAIL_FROM')) : null;
  if (given('MAIL_FROM') && !sender) fail('MAIL_FROM', 'is not a sender: expected one like Silverlining <silverlining@example.org>');

  const publicUrl = given('SILVERLINING_URL') ? originOf(given('SILVERLINING_URL')) : null;
  if (given('SILVERLINING_URL') && !publicUrl)
    problems.push({
      field: 'SILVERLINING_URL',
      message: 'is not an address like https://silverlining.example.org, without a path or a password',
    });

  const proxies = given('SILVERLINING_TRUST_PROXY')
    .split(/[\s,]+/)
    .filter((proxy) => proxy !== '' && proxy !== 'none');
  if (!proxies.every(isProxy))
    fail(
      'SILVERLINING_TRUST_PROXY',
      'is no list of proxies: expected addresses, networks like 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    );

  if (problems.length || !logLevel) throw new BadInput(problems);
  return {
    port,
    host,
    dataDir: path.resolve(folder, given('SILVERLINING_DATA')),
    databaseUrl,
    configPath: path.resolve(folder, given('SILVERLINING_CONFIG')),
    isConfigNamed: Boolean(env.SILVERLINING_CONFIG?.trim()),
    memoryBytes: memory ? Number(memory) * 1e6 : null,
    logLevel,
    demo: demo === 'on',
    localSources: localSources === 'on',
    mail: mailServer && { ...mailServer, from: sender ?? defaultSender(mailServer) },
    publicUrl,
    trustProxy: given('SILVERLINING_TRUST_PROXY') ? proxies : null,
  };
}

/** Scheme, host and port of a web address, or null where it says anything else. */
function originOf(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.href === `${url.origin}/` ? url.origin : null;
}
