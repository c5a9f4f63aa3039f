import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A message as the server has it whole, before it answers. */
export interface Received {
  to: string;
  raw: Buffer;
  messageId: string;
}

/** What a server does out of the ordinary. What is thrown is its answer: an Error with `responseCode`. */
export interface MailServerHabits {
  /** When a message is begun: how many came before it over the same connection. */
  onSender?: (earlier: number, cut: () => void) => void;
  onRecipient?: (to: string) => unknown;
  /** With each piece of a message: how much has come. */
  onPiece?: (to: string, size: number, cut: () => void) => void;
  /** When a message is there whole and not answered; the text is the answer. */
  onMessage?: (message: Received, cut: () => void) => string | void | Promise<string | void>;
  /** Keeps the bytes of messages; default true. */
  keepsBytes?: boolean;
  options?: SMTPServerOptions;
}

export interface TestMailServer {
  port: number;
  /** Every message that came whole, in order. */
  received: Received[];
  /** The most connections at one time, and how many there were. */
  mostAtOnce: () => number;
  connections: () => number;
  /** How often each address has got a message. */
  counts: () => Map<string, number>;
  close: () => Promise<void>;
}

/** A real mail server on a free port of the loopback. */
export async function startMailServer(habits: MailServerHabits = {}): Promise<TestMailServer> {
  const received: Received[] = [];
  const sockets = new Map<number, Socket>();
  const cutOff = (port: number) => () => void sockets.get(port)?.destroy();
  const begun = new Map<string, number>();
  let [mostAtOnce, connections] = [0, 0];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 200,
    onMailFrom(_address, session, callback) {
      const earlier = begun.get(session.id) ?? 0;
      begun.set(session.id, earlier + 1);
      habits.onSender?.(earlier, cutOff(session.remotePort));
      callback();
    },
    onRcptTo(address, _session, callback) {
      Promise.resolve(address.address)
        .then((to) => habits.onRecipient?.(to))
        .then(() => callback(), callback);
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo[0]?.address ?? '';
      const cut = cutOff(session.remotePort);
      const pieces: Buffer[] = [];
      let size = 0;
      stream.on('data', (piece: Buffer) => {
        size += piece.length;
        if (habits.keepsBytes !== false || pieces.length === 0) pieces.push(piece);
        habits.onPiece?.(to, size, cut);
      });
      stream.on('error', () => undefined);
      stream.on('end', () => {
        const raw = Buffer.concat(pieces);
        const message = { to, raw, messageId: /^Message-ID: (\S+)/im.exec(raw.toString('latin1', 0, 4000))?.[1] ?? '' };
        received.push(habits.keepsBytes === false ? { ...message, raw: Buffer.alloc(0) } : message);
        Promise.resolve(message)
          .then((whole) => habits.onMessage?.(whole, cut))
          .then((answer) => callback(null, answer ?? 'taken'), callback);
      });
    },
    ...habits.options,
  });
  // Clients that are killed, and connections that are cut on purpose.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections += 1;
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    mostAtOnce = Math.max(mostAtOnce, sockets.size);
    // A client that has said its end counts no more, though the server has not closed its side yet.
    for (const end of ['end', 'close']) socket.once(end, () => sockets.delete(port));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port, // it listens
    received,
    mostAtOnce: () => mostAtOnce,
    connections: () => connections,
    counts() {
      const counts = new Map<string, number>();
      for (const { to } of received) counts.set(to, (counts.get(to) ?? 0) + 1);
      return counts;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** What a mail server says, as an answer to a command. */
export function saying(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
