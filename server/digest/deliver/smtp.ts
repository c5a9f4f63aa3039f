import { isIP, type Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { handOver } from './hand-over.ts';
import type { MailSettings } from './mail-settings.ts';
import { oneLine, type Outcome } from './outcome.ts';

/** How long a mail server may take, milliseconds. */
export interface MailTimings {
  /** From looking up its name to its greeting. */
  connectMs: number;
  /** Without a word while it is talked to. */
  idleMs: number;
  /** From the end of a message to the answer. Long: giving up before a slow server does leaves a message nobody knows the fate of. */
  answerMs: number;
}

/** One connection to the mail server at most, opened when it is needed and used for several messages. */
export interface Mailer {
  /**
   * Delivers one message to one recipient.
   * @param bytes the whole message, RFC 5322
   * @param onHandover settled before the first byte of the message leaves; when it fails, none does
   * @returns what became of it; never throws
   */
  deliver(envelope: { from: string; to: string }, bytes: Buffer, onHandover: () => Promise<void>): Promise<Outcome>;
  /** Takes leave of the server. */
  leave(): Promise<void>;
  /** Cuts the connection off, also within a message, and opens no other. */
  cut(): void;
}

// RFC 5321 §4.5.3.2 would wait five minutes for most answers and ten for the last one.
const defaultTimings: MailTimings = { connectMs: 30_000, idleMs: 60_000, answerMs: 300_000 };
const mostMessages = 50;
const leaveMs = 2_000;

/** @param timings default 30 s to connect, 60 s for an answer, 5 min for that to a whole message */
export function createMailer(settings: MailSettings, timings: MailTimings = defaultTimings): Mailer {
  let line: { connection: SMTPConnection; sent: number } | null = null;
  let isOver = false;

  async function connected(): Promise<SMTPConnection> {
    if (line && !line.connection.destroyed && line.sent < mostMessages) return line.connection;
    await leave();
    if (isOver) throw new Error('mail is not sent any more, since Silverlining stops');
    const connection = new SMTPConnection(connectionOptions(settings, timings));
    // What goes wrong is told to whoever asked; an error nobody listens to would end the process.
    connection.on('error', () => undefined);
    line = { connection, sent: 0 };
    await ask(connection, (done) => connection.connect(done));
    const { user, password } = settings;
    if (user !== null) await ask(connection, (done) => connection.login({ credentials: { user, pass: password ?? '' } }, done));
    return connection;
  }

  async function tryOnce(envelope: { from: string; to: string }, bytes: Buffer, onHandover: () => Promise<void>): Promise<Tried> {
    let connection: SMTPConnection;
    try {
      connection = await connected();
    } catch (error) {
      drop();
      return { outcome: { kind: 'notReached', why: wordsOf(error), isServerAway: true }, isHandedOver: false };
    }
    const handover = handOver(bytes, onHandover, () => socketOf(connection)?.setTimeout(timings.answerMs));
    if (line) line.sent += 1;
    let outcome: Outcome;
    try {
      const info = await ask<{ response: string }>(connection, (done) =>
        connection.send({ ...envelope, size: bytes.length }, handover.stream, done),
      );
      // An answer that comes before the end is to something else; without the end no server keeps a message.
      outcome = handover.isWhole()
        ? { kind: 'accepted', answer: oneLine(info.response) }
        : { kind: 'notReached', why: 'the server answered before it had the whole message', isServerAway: false };
    } catch (error) {
      outcome = outcomeOf(error, handover.isWhole());
    }
    // The store may still be writing that it goes, though it does not go any more: what is written last must be what became of it.
    await handover.settled();
    if (!handover.isBegun() && outcome.kind === 'refused') await reset(connection);
    else if (!handover.isWhole() || (outcome.kind !== 'accepted' && outcome.kind !== 'refused')) drop();
    else socketOf(connection)?.setTimeout(timings.idleMs);
    return { outcome, isHandedOver: handover.isBegun() };
  }

  async function reset(connection: SMTPConnection): Promise<void> {
    try {
      await ask(connection, (done) => connection.reset(done));
    } catch {
      // The next message gets a connection of its own; this one has its answer.
      drop();
    }
  }

  /** Resolves when the server has let go too: one that allows few connections counts the old one until then. */
  async function leave(): Promise<void> {
    const connection = line?.connection;
    line = null;
    const socket = connection && socketOf(connection);
    if (!socket || socket.destroyed) return;
    socket.setTimeout(leaveMs);
    if (!connection.destroyed) connection.quit();
    const timer = setTimeout(() => socket.destroy(), leaveMs);
    await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    clearTimeout(timer);
  }

  function drop(): void {
    const connection = line?.connection;
    line = null;
    if (!connection) return;
    connection.close();
    socketOf(connection)?.destroy();
  }

  return {
    async deliver(envelope, bytes, onHandover) {
      const isReused = line !== null && !line.connection.destroyed;
      const first = await tryOnce(envelope, bytes, onHandover);
      // A server ends a connection it has waited on in vain, and that shows only now.
      if (!isReused || first.isHandedOver || first.outcome.kind !== 'notReached') return first.outcome;
      return (await tryOnce(envelope, bytes, onHandover)).outcome;
    },
    leave,
    cut() {
      isOver = true;
      drop();
    },
  };
}

interface Tried {
  outcome: Outcome;
  isHandedOver: boolean;
}

function connectionOptions({ host, port, secure, user }: MailSettings, { connectMs, idleMs }: MailTimings): SMTPConnection.Options {
  const isHere = host === 'localhost' || (isIP(host) > 0 && /^(127\.|::1$)/.test(host));
  return {
    host,
    port,
    secure,
    // A password goes over a network only encrypted; on this machine nobody listens in, and certificates name no loopback.
    requireTLS: !secure && user !== null && !isHere,
    ...(isHere && { tls: { rejectUnauthorized: false } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: idleMs,
    logger: false,
  };
}

function socketOf(connection: SMTPConnection): Socket | null {
  return connection._socket || null;
}

/** Waits for one answer, or for the end of the connection, of which a question that is under way is not always told. */
function ask<T = unknown>(connection: SMTPConnection, begin: (done: (error?: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const failed = (error: Error) => settle(() => reject(error));
    // An answer that explains the end comes within the same turn.
    const ended = () => void setImmediate(() => failed(new Error('the connection was closed')));
    const settle = (how: () => void) => {
      connection.off('error', failed).off('end', ended);
      how();
    };
    connection.on('error', failed).once('end', ended);
    // What is asked of it always comes with its answer.
    begin((error, result) => settle(() => (error ? reject(error) : resolve(result as T))));
  });
}

function outcomeOf(error: unknown, isWhole: boolean): Outcome {
  const { responseCode, response, code, command } = error as SMTPConnection.SMTPError;
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 600) {
    const refused = { kind: 'refused', code: responseCode, answer: oneLine(response ?? ''), isPermanent: responseCode >= 500 } as const;
    return command === 'RCPT TO' ? { ...refused, to: 'recipient' } : refused;
  }
  if (isWhole) return { kind: 'unknown', why: wordsOf(error) };
  // What no server has to be asked about: an address it cannot be told, a message it has said to be too large for it.
  const isHopeless = !response && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (isHopeless) return { kind: 'refused', code: null, answer: wordsOf(error), isPermanent: true };
  return { kind: 'notReached', why: wordsOf(error), isServerAway: false };
}

function wordsOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : 'something that is no error was thrown');
}
