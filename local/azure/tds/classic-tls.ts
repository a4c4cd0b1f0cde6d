import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { packetSizes } from './limits.ts';
import { PACKET_HEADER_LENGTH, PacketReader, packetType, writePacket } from './packet.ts';

const HANDSHAKE_DATA = packetSizes.first - PACKET_HEADER_LENGTH;

/** TLS record types; none is a packet type that a client may send here. */
function isTlsRecord(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x14 && byte <= 0x17;
}

/**
 * What lies under the TLS of TDS 7.x: a handshake that travels in PRELOGIN packets, one flight a message, then bare
 * records [MS-TDS 2.2.6.5, 3.2.5.1]. The client turns bare as soon as its own handshake is done, so the only sign is a
 * record type where a packet's header should be; with a resumed session both come in one read.
 */
export class ClassicTls extends Duplex {
  readonly #socket: Socket;
  readonly #packets = new PacketReader();
  #isBare = false;
  #flight: Buffer[] = [];

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  /** Bytes as they came from the client. Throws SqlError for what is no handshake. */
  receive(bytes: Buffer): void {
    if (this.#isBare) this.#give(bytes);
    else this.#unwrap(bytes);
  }

  #unwrap(bytes: Buffer): void {
    this.#packets.push(bytes);
    while (this.#packets.rest.length > 0) {
      if (isTlsRecord(this.#packets.rest[0])) {
        this.#isBare = true;
        this.#give(this.#packets.takeRest());
        return;
      }
      const packet = this.#packets.next();
      if (!packet) return;
      if (packet.type !== packetType.prelogin) throw new Error('a handshake was expected');
      this.#give(packet.data);
    }
  }

  #give(bytes: Buffer): void {
    if (!this.push(bytes)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#isBare) {
      this.#socket.write(chunk, done);
      return;
    }
    // Clients read one message for each flight of the handshake.
    if (this.#flight.length === 0) setImmediate(() => this.#sendFlight());
    this.#flight.push(chunk);
    done();
  }

  #sendFlight(): void {
    const flight = Buffer.concat(this.#flight);
    this.#flight = [];
    if (this.#socket.destroyed) return;
    for (let at = 0, number = 1; at < flight.length; at += HANDSHAKE_DATA, number++) {
      const data = flight.subarray(at, at + HANDSHAKE_DATA);
      const isLast = at + HANDSHAKE_DATA >= flight.length;
      this.#socket.write(writePacket(packetType.prelogin, data, { number, isLast, processId: 0 }));
    }
  }
}
