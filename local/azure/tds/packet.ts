// Packets and messages [MS-TDS 2.2.3].
import { malformed } from './malformed.ts';
import { SqlError } from './sql-error.ts';

export const packetType = {
  sqlBatch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  federatedToken: 0x08,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

/** SMUX [MC-SMP]: several sessions on one connection, which PRELOGIN's answer declined. */
const SMUX = 0x53;

const status = {
  endOfMessage: 0x01,
  ignore: 0x02,
  reset: 0x08,
  resetKeepTransaction: 0x10,
} as const;

export const PACKET_HEADER_LENGTH = 8;

export interface Packet {
  readonly type: number;
  readonly status: number;
  readonly data: Buffer;
}

export interface Message {
  readonly type: number;
  readonly data: Buffer;
  /** The client gave it up half-way: it wants no answer but a DONE. */
  readonly isIgnored: boolean;
  readonly reset: 'no' | 'all' | 'keepTransaction';
}

/** Cuts a stream into packets. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes that are no whole packet yet. */
  get rest(): Buffer {
    return this.#rest;
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
  }

  /** Gives back what was pushed and not read. */
  takeRest(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }

  /** Throws MalformedError for a length that is none. */
  next(): Packet | undefined {
    if (this.#rest[0] === SMUX) throw new SqlError(40517, notSupported('MARS (SMUX)'), 20);
    if (this.#rest.length < PACKET_HEADER_LENGTH) return undefined;
    const length = this.#rest.readUInt16BE(2);
    if (length < PACKET_HEADER_LENGTH) throw malformed();
    if (this.#rest.length < length) return undefined;
    const packet = {
      type: this.#rest.readUInt8(0),
      status: this.#rest.readUInt8(1),
      data: this.#rest.subarray(PACKET_HEADER_LENGTH, length),
    };
    this.#rest = this.#rest.subarray(length);
    return packet;
  }
}

/** Azure SQL's words for a feature that it lacks (40517). */
export function notSupported(what: string): string {
  return `Keyword or statement option '${what}' is not supported in this version of SQL Server.`;
}

/** Joins packets to messages, up to a size. */
export class MessageAssembler {
  /** Grows with what has come, so that many small packets cost no more than their bytes. */
  #bytes: Buffer = Buffer.alloc(0);
  #size = 0;
  #first: Packet | undefined;
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Throws MalformedError if the message grows over the limit or its packets are of different types. */
  add(packet: Packet): Message | undefined {
    this.#first ??= { ...packet, data: Buffer.alloc(0) };
    if (this.#size + packet.data.length > this.limit || packet.type !== this.#first.type) {
      throw malformed();
    }
    const isLast = (packet.status & status.endOfMessage) !== 0;
    if (!isLast || this.#size > 0) this.#append(packet.data);
    if (!isLast) return undefined;
    const message = {
      type: packet.type,
      data: this.#size > 0 ? this.#bytes.subarray(0, this.#size) : packet.data,
      isIgnored: (packet.status & status.ignore) !== 0,
      reset: resetOf(this.#first.status),
    } as const;
    this.clear();
    return message;
  }

  /** Forgets a message that is not whole. */
  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#size = 0;
    this.#first = undefined;
  }

  #append(data: Buffer): void {
    const needed = this.#size + data.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#size);
      this.#bytes = grown;
    }
    data.copy(this.#bytes, this.#size);
    this.#size = needed;
  }
}

function resetOf(bits: number): Message['reset'] {
  if (bits & status.reset) return 'all';
  return bits & status.resetKeepTransaction ? 'keepTransaction' : 'no';
}

/** One packet of the server's. */
export function writePacket(
  type: number,
  data: Uint8Array,
  { number, isLast, processId }: { number: number; isLast: boolean; processId: number },
): Buffer {
  const packet = Buffer.allocUnsafe(PACKET_HEADER_LENGTH + data.length);
  packet[0] = type;
  packet[1] = isLast ? status.endOfMessage : 0;
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(processId & 0xffff, 4);
  packet[6] = number & 0xff;
  packet[7] = 0;
  packet.set(data, PACKET_HEADER_LENGTH);
  return packet;
}
