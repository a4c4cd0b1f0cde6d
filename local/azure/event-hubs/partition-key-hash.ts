/**
 * The partition that events of a key go to: the service's own hash (Bob Jenkins' lookup3 over the key's UTF-8
 * bytes, its two halves XORed and cut to 16 bits), modulo the number of partitions.
 * Source: `PartitionResolver` in Azure.Messaging.EventHubs ("a direct port of the Event Hubs service code; it is
 * intended to match the gateway hashing algorithm", azure-sdk-for-net#25081); the SDKs for Java and JavaScript
 * have the same, which is the referee of the test.
 */
export function partitionOfKey(partitionKey: string, partitionCount: number): number {
  return Math.abs(hashOfKey(partitionKey) % partitionCount);
}

/** A signed 16-bit number. */
export function hashOfKey(partitionKey: string): number {
  const [b, c] = lookup3(Buffer.from(partitionKey, 'utf8'));
  return ((b ^ c) << 16) >> 16;
}

type State = [a: number, b: number, c: number];

const BLOCK_BYTES = 12;
const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

/** Source: http://burtleburtle.net/bob/c/lookup3.c, `hashlittle2` with both seeds 0. */
function lookup3(key: Buffer): [b: number, c: number] {
  const start = (0xdeadbeef + key.length) | 0;
  let state: State = [start, start, start];
  let at = 0;
  for (; key.length - at > BLOCK_BYTES; at += BLOCK_BYTES) {
    state = mix(add(state, key.subarray(at, at + BLOCK_BYTES)));
  }
  if (at === key.length) return [state[1], state[2]];
  const [, b, c] = finish(add(state, key.subarray(at)));
  return [b, c];
}

/** Adds up to 12 bytes as three little-endian words; missing ones count as 0. */
function add([a, b, c]: State, bytes: Buffer): State {
  const block = Buffer.alloc(BLOCK_BYTES);
  bytes.copy(block);
  return [
    (a + block.readInt32LE(0)) | 0,
    (b + block.readInt32LE(4)) | 0,
    (c + block.readInt32LE(8)) | 0,
  ];
}

function mix([x, y, z]: State): State {
  let [a, b, c] = [x, y, z];
  a = ((a - c) ^ rotate(c, 4)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 6)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 8)) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ rotate(c, 16)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 19)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 4)) | 0;
  b = (b + a) | 0;
  return [a, b, c];
}

function finish([x, y, z]: State): State {
  let [a, b, c] = [x, y, z];
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return [a, b, c];
}
