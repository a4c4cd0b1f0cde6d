// A client that sends bytes as they are, in the clear or inside of TLS 8.0.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

export interface RawClient {
  send(bytes: Buffer): void;
  /** All that came until the server ended the connection. */
  readonly closed: Promise<Buffer>;
  /** The next packet's payload, status not looked at. */
  next(): Promise<Buffer>;
  destroy(): void;
}

export async function connectClear(port: number): Promise<RawClient> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return wrap(socket);
}

/** Made at the first call, when the local authority is trusted: reading all roots each time is most of a handshake. */
let trusted: tls.SecureContext | undefined;

/** `under`: a socket that is not connected yet. */
export async function connectStrict(
  port: number,
  servername = 'localhost',
  under = new net.Socket(),
): Promise<RawClient> {
  trusted ??= tls.createSecureContext();
  const socket = tls.connect({
    socket: under.connect(port, '127.0.0.1'),
    ...{ servername, secureContext: trusted, ALPNProtocols: ['tds/8.0'] },
  });
  await once(socket, 'secureConnect');
  return wrap(socket);
}

function wrap(socket: net.Socket): RawClient {
  const chunks: Buffer[] = [];
  let seen = 0;
  let notify = () => {};
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    notify();
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close').then(() => Buffer.concat(chunks));
  return {
    closed,
    send: (bytes) => void socket.write(bytes),
    async next() {
      for (;;) {
        const all = Buffer.concat(chunks).subarray(seen);
        const length = all.length >= 8 ? all.readUInt16BE(2) : Number.POSITIVE_INFINITY;
        if (all.length >= length) {
          seen += length;
          return all.subarray(8, length);
        }
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
    destroy: () => socket.destroy(),
  };
}

export function packet(type: number, data: Buffer, status = 1): Buffer {
  const header = Buffer.from([type, status, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(data.length + 8, 2);
  return Buffer.concat([header, data]);
}

/** VERSION and ENCRYPTION alone. */
export const prelogin = Buffer.from(
  '00000b00060100110001ff0f0000000000 00'.replace(' ', ''),
  'hex',
);

/** LOGIN7 of TDS 7.4 with a security token in its extension. */
export function login7(token: string, more: Partial<Login7Texts> = {}): Buffer {
  const bytes = Buffer.from(token, 'utf16le');
  const data = Buffer.alloc(5 + bytes.length);
  data[0] = 0x02;
  data.writeUInt32LE(bytes.length, 1);
  bytes.copy(data, 5);
  return login7With(data, more);
}

/** FEDAUTH's data of a client that wants to be told where tokens are made. */
export const ADAL = Buffer.from([0x04, 0x01]);

export interface Login7Texts {
  readonly version: number;
  readonly serverName: string;
  readonly database: string;
  readonly userName: string;
}

/** `federation`: data of the feature FEDAUTH; absent: no extension. */
export function login7With(
  federation: Buffer | undefined,
  more: Partial<Login7Texts> = {},
): Buffer {
  const { version = 0x74000004, serverName = 'localhost', database = '', userName = '' } = more;
  const fixed = Buffer.alloc(94);
  fixed.writeUInt32LE(version, 4);
  fixed.writeUInt32LE(4096, 8);
  for (const at of [36, 44, 48, 60, 64, 78, 82, 86]) fixed.writeUInt16LE(94, at);
  const parts: Buffer[] = [fixed];
  let end = 94;
  const add = (part: Buffer, at: number, length: number) => {
    fixed.writeUInt16LE(end, at);
    fixed.writeUInt16LE(length, at + 2);
    parts.push(part);
    end += part.length;
  };
  for (const [text, at] of [
    [userName, 40],
    [serverName, 52],
    [database, 68],
  ] as const) {
    add(Buffer.from(text, 'utf16le'), at, text.length);
  }
  if (federation) {
    fixed[27] = 0x10;
    const pointer = Buffer.alloc(4);
    pointer.writeUInt32LE(end + 4);
    add(pointer, 56, 4);
    const feature = Buffer.alloc(5);
    feature[0] = 2;
    feature.writeUInt32LE(federation.length, 1);
    parts.push(feature, federation, Buffer.from([0xff]));
  }
  const all = Buffer.concat(parts);
  all.writeUInt32LE(all.length, 0);
  return all;
}

/** ALL_HEADERS with a transaction descriptor. */
export const headers = Buffer.from('16000000120000000200000000000000000001000000', 'hex');

export function batch(text: string): Buffer {
  return packet(1, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));
}
