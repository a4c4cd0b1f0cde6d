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

export async function connectStrict(port: number, servername = 'localhost'): Promise<RawClient> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername, ALPNProtocols: ['tds/8.0'] });
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
export function login7(
  token: string,
  { serverName = 'localhost', version = 0x74000004 } = {},
): Buffer {
  const server = Buffer.from(serverName, 'utf16le');
  const bytes = Buffer.from(token, 'utf16le');
  const fixed = Buffer.alloc(94);
  fixed.writeUInt32LE(version, 4);
  fixed.writeUInt32LE(4096, 8);
  fixed[27] = 0x10;
  for (const at of [36, 40, 44, 48, 60, 64, 68, 78, 82, 86]) fixed.writeUInt16LE(94, at);
  fixed.writeUInt16LE(94, 52);
  fixed.writeUInt16LE(serverName.length, 54);
  fixed.writeUInt16LE(94 + server.length, 56);
  fixed.writeUInt16LE(4, 58);
  const pointer = Buffer.alloc(4);
  pointer.writeUInt32LE(94 + server.length + 4);
  const feature = Buffer.alloc(10);
  feature[0] = 2;
  feature.writeUInt32LE(bytes.length + 5, 1);
  feature[5] = 0x02;
  feature.writeUInt32LE(bytes.length, 6);
  const all = Buffer.concat([fixed, server, pointer, feature, bytes, Buffer.from([0xff])]);
  all.writeUInt32LE(all.length, 0);
  return all;
}

/** ALL_HEADERS with a transaction descriptor. */
export const headers = Buffer.from('16000000120000000200000000000000000001000000', 'hex');

export function batch(text: string): Buffer {
  return packet(1, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));
}
