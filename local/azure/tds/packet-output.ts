import { packetSizes } from './limits.ts';
import { packetType, writePacket } from './packet.ts';
import type { ResponseStream } from './response.ts';
import type { Transport } from './transport.ts';

/** Numbers packets and sends them, unless a fault keeps them back. */
export class PacketOutput implements ResponseStream {
  readonly #transport: Transport;
  #number = 0;
  #left: 'all' | 'half' | 'none' = 'all';
  packetSize: number = packetSizes.first;
  serverName = '';
  processId = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async sendPacket(data: Buffer, isLast: boolean): Promise<void> {
    if (this.#left === 'none') return;
    const number = ++this.#number;
    if (isLast) this.#number = 0;
    const { processId } = this;
    const packet = writePacket(packetType.response, data, { number, isLast, processId });
    if (this.#left === 'all') return this.#transport.write(packet);
    this.#left = 'none';
    await this.#transport.write(packet.subarray(0, packet.length / 2));
  }

  /** Of what follows, half a packet at most is sent. */
  cut(atPercent: 0 | 50): void {
    this.#left = atPercent === 50 ? 'half' : 'none';
  }
}
