// The byte stream of a connection cut into protocol headers and frames [AMQP 2.2, 2.3].

/** The peer broke the protocol: the connection ends with this condition, and nothing else is answered. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly condition: string;

  constructor(condition: string, message: string) {
    super(message);
    this.condition = condition;
  }
}

/** The largest frame in either direction. Source: open frames of the service (`maxFrameSize: 65536`). */
export const MAX_FRAME_BYTES = 65_536;
const HEADER_BYTES = 8;

export interface Frame {
  /** 0: AMQP, 1: SASL. */
  readonly type: number;
  readonly channel: number;
  /** Empty for a heartbeat. */
  readonly body: Buffer;
}

interface FrameHandler {
  /** Protocol id of an `AMQP` header of version 1.0.0: 0 AMQP, 3 SASL. */
  onHeader(protocolId: number): void;
  onFrame(frame: Frame): void;
}

/** Holds at most one incomplete frame; a larger one than MAX_FRAME_BYTES is refused before it is read. */
export class FrameReader {
  readonly #handler: FrameHandler;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #needed = HEADER_BYTES;
  #expectsHeader = true;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** A header comes next instead of a frame: after SASL. */
  expectHeader(): void {
    this.#expectsHeader = true;
  }

  /** Throws ProtocolError, or what the handler throws. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < this.#needed) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const used = this.#read(bytes);
    const rest = bytes.subarray(used);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
  }

  #read(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      const size = this.#expectsHeader ? HEADER_BYTES : frameSize(bytes, at);
      this.#needed = size ?? 4;
      if (size === undefined || at + size > bytes.length) return at;
      if (this.#expectsHeader) this.#readHeader(bytes, at);
      else this.#handler.onFrame(readFrame(bytes.subarray(at, at + size)));
      at += size;
    }
  }

  #readHeader(bytes: Buffer, at: number): void {
    const isVersion1 = bytes.readUIntBE(at + 5, 3) === 0x01_00_00;
    if (bytes.toString('latin1', at, at + 4) !== 'AMQP' || !isVersion1) {
      throw new ProtocolError('amqp:connection:framing-error', 'this is not AMQP 1.0');
    }
    this.#expectsHeader = false;
    this.#handler.onHeader(bytes[at + 4] ?? 0);
  }
}

function frameSize(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const size = bytes.readUInt32BE(at);
  if (size < HEADER_BYTES || size > MAX_FRAME_BYTES) {
    throw new ProtocolError(
      'amqp:connection:framing-error',
      `a frame of ${size} bytes is not between ${HEADER_BYTES} and ${MAX_FRAME_BYTES}`,
    );
  }
  return size;
}

function readFrame(bytes: Buffer): Frame {
  const bodyStart = (bytes[4] ?? 0) * 4;
  if (bodyStart < HEADER_BYTES || bodyStart > bytes.length) {
    throw new ProtocolError('amqp:connection:framing-error', 'a frame has a wrong data offset');
  }
  const [type = 0] = bytes.subarray(5);
  return { type, channel: bytes.readUInt16BE(6), body: bytes.subarray(bodyStart) };
}

/** Size, data offset, type and channel in front of a frame's body. */
export function frameHeader(type: number, channel: number, bodyBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(HEADER_BYTES + bodyBytes, 0);
  header[4] = 2;
  header[5] = type;
  header.writeUInt16BE(channel, 6);
  return header;
}
