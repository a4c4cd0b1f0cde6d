// PRELOGIN [MS-TDS 2.2.6.5]: an agreement on encryption before anything else.
import { ByteReader } from './byte-reader.ts';
import { malformed } from './malformed.ts';

const option = {
  version: 0,
  encryption: 1,
  instance: 2,
  threadId: 3,
  mars: 4,
  traceId: 5,
  federatedAuthentication: 6,
  nonce: 7,
  terminator: 0xff,
} as const;

export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

export interface Prelogin {
  readonly encryption: number;
  readonly asksForFederatedAuthentication: boolean;
  readonly wantsNonce: boolean;
}

const MAX_OPTIONS = 32;

/** Throws MalformedError. */
export function readPrelogin(data: Buffer): Prelogin {
  const options = new Map<number, Buffer>();
  const reader = new ByteReader(data);
  for (let count = 0; ; count++) {
    const token = reader.uint8();
    if (token === option.terminator) break;
    if (count === MAX_OPTIONS) throw malformed();
    const offset = reader.uint16();
    const length = reader.uint16();
    options.set(token, bigEndianSlice(data, offset, length));
  }
  if (!options.has(option.version)) throw malformed();
  return {
    encryption: options.get(option.encryption)?.[0] ?? encryption.notSupported,
    asksForFederatedAuthentication: options.get(option.federatedAuthentication)?.[0] === 1,
    wantsNonce: options.has(option.nonce),
  };
}

/** PRELOGIN alone counts in big-endian order; the reader's numbers are turned round. */
function bigEndianSlice(data: Buffer, offset: number, length: number): Buffer {
  const start = swap(offset);
  const end = start + swap(length);
  if (end > data.length) throw malformed();
  return data.subarray(start, end);
}

function swap(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

/** The stand-in's version: Azure SQL's is 12.0. */
export const serverVersion = Buffer.from([12, 0, 0x07, 0xd0, 0, 0]);

/**
 * The answer. All encrypt: ON to ON, REQUIRED to a client that can do without, NOT_SUPPORTED inside of TLS 8.0, where
 * the option means nothing.
 */
export function writePrelogin(client: Prelogin, isStrict: boolean, nonce: Buffer): Buffer {
  const options: [number, Buffer][] = [
    [option.version, serverVersion],
    [option.encryption, Buffer.from([answerTo(client.encryption, isStrict)])],
    [option.instance, Buffer.from([0])],
    [option.threadId, Buffer.alloc(0)],
    [option.mars, Buffer.from([0])],
  ];
  if (client.asksForFederatedAuthentication) {
    options.push([option.federatedAuthentication, Buffer.from([1])]);
    if (client.wantsNonce) options.push([option.nonce, nonce]);
  }
  const header = Buffer.alloc(options.length * 5 + 1);
  let offset = header.length;
  options.forEach(([token, value], index) => {
    header[index * 5] = token;
    header.writeUInt16BE(offset, index * 5 + 1);
    header.writeUInt16BE(value.length, index * 5 + 3);
    offset += value.length;
  });
  header[header.length - 1] = option.terminator;
  return Buffer.concat([header, ...options.map(([, value]) => value)]);
}

function answerTo(asked: number, isStrict: boolean): number {
  if (isStrict) return encryption.notSupported;
  return (asked & 0x0f) === encryption.on ? encryption.on : encryption.required;
}
