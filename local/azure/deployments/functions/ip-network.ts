import { isIPv4, isIPv6 } from 'node:net';

export interface Network {
  readonly bits: 32 | 128;
  readonly prefix: number;
  /** The network's own address. */
  readonly first: bigint;
}

/**
 * `10.0.0.0/8`, `fd00::/48`; without a prefix that of the address's class, /64 in IPv6.
 * Undefined if the text is no network.
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefixText, ...rest] = text.trim().split('/');
  // Pretend: shorthand (`10.0.0/8`), octal and hexadecimal parts, and text behind it are refused; ARM reads them.
  if (rest.length > 0) return undefined;
  const parsed = parseAddress(address.trim());
  if (parsed === undefined) return undefined;
  const { bits, value } = parsed;
  const prefix = prefixText === undefined ? defaultPrefix(parsed) : parsePrefix(prefixText, bits);
  if (prefix === undefined) return undefined;
  return { bits, prefix, first: value & networkMask(bits, prefix) };
}

export function networkMask(bits: 32 | 128, prefix: number): bigint {
  const all = (1n << BigInt(bits)) - 1n;
  return all ^ (all >> BigInt(prefix));
}

/** Dotted decimals, or RFC 5952's form of IPv6. */
export function formatAddress(address: bigint, bits: 32 | 128): string {
  if (bits === 32) return dotted(address);
  const words = Array.from({ length: 8 }, (_, at) => (address >> BigInt(112 - 16 * at)) & 0xffffn);
  // Azure: addresses that hold one of IPv4 are shown with it, as .NET shows them (golden/engine.json).
  const high = address >> 32n;
  const isMapped = high === 0xffffn || (high === 0n && address >> 16n !== 0n);
  if (isMapped) return `::${high === 0xffffn ? 'ffff:' : ''}${dotted(address & 0xffff_ffffn)}`;
  return compress(words.map((word) => word.toString(16)));
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
}

/** The longest run of two or more zeros becomes `::`. */
function compress(words: readonly string[]): string {
  let best = { start: -1, length: 1 };
  let start = 0;
  words.forEach((word, at) => {
    if (word !== '0') start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  });
  if (best.start === -1) return words.join(':');
  const before = words.slice(0, best.start).join(':');
  const after = words.slice(best.start + best.length).join(':');
  return `${before}::${after}`;
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { bits: 32, value: parseDotted(text) };
  const plain = text.split('%')[0] ?? '';
  return isIPv6(plain) ? { bits: 128, value: parseWords(plain) } : undefined;
}

function parseDotted(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseWords(text: string): bigint {
  const lastColon = text.lastIndexOf(':');
  const last = text.slice(lastColon + 1);
  if (isIPv4(last)) {
    const low = parseDotted(last);
    const words = `${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
    return parseWords(`${text.slice(0, lastColon + 1)}${words}`);
  }
  const [head = '', tail] = text.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce(
    (value, word) => (value << 16n) | BigInt(`0x${word}`),
    0n,
  );
}

/** A length, or a mask of IPv4: `/8`, `/255.0.0.0`. */
function parsePrefix(text: string, bits: 32 | 128): number | undefined {
  const trimmed = text.trim();
  if (bits === 32 && isIPv4(trimmed)) {
    const mask = parseDotted(trimmed);
    return Array.from({ length: 33 }, (_, prefix) => prefix).find(
      (prefix) => networkMask(32, prefix) === mask,
    );
  }
  const prefix = /^\d{1,3}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return prefix <= bits ? prefix : undefined;
}

function defaultPrefix({ bits, value }: Address): number {
  if (bits === 128) return 64;
  const firstByte = value >> 24n;
  if (firstByte < 128n) return 8;
  return firstByte < 192n ? 16 : 24;
}
