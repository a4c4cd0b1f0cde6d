// IPv4 arithmetic of a subnet.

/** Azure keeps the first four addresses of a subnet. https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq */
const RESERVED = 4;

/** The first address of `prefix` (`10.0.0.0/24`) that is not taken; undefined for IPv6, nonsense, or a full subnet. */
export function firstFreeAddress(prefix: string, taken: ReadonlySet<string>): string | undefined {
  const [, network = '', length = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(prefix) ?? [];
  const base = toNumber(network);
  if (base === undefined || Number(length) > 32) return undefined;
  // The last one is the broadcast address.
  const size = 2 ** (32 - Number(length)) - 1;
  for (let offset = RESERVED; offset < size; offset++) {
    const address = toText(base + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

function toNumber(address: string): number | undefined {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
