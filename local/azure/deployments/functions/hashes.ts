import { v5 as uuidV5 } from 'uuid';
import { stringArguments } from './arguments.ts';
import { eager, type FunctionTable } from './template-function.ts';

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#guid
export const hashFunctions: FunctionTable = {
  guid: eager({ atLeast: 1 }, (args, site) =>
    uuidV5(stringArguments(args, site).join('-'), NAMESPACE),
  ),
  uniqueString: eager({ atLeast: 1 }, (args, site) =>
    uniqueString(stringArguments(args, site).join('-')),
  ),
};

/** Azure's own; not in the documentation, known from Microsoft's engine (golden/engine.json). */
const NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 13 characters of base 32, five bits each from the top, of the text's 64-bit hash. */
function uniqueString(text: string): string {
  let rest = murmur64(Buffer.from(text, 'utf8'));
  let result = '';
  for (let count = 0; count < 13; count += 1) {
    result += ALPHABET.charAt(Number(rest >> 59n));
    rest = (rest << 5n) & 0xffff_ffff_ffff_ffffn;
  }
  return result;
}

const FACTOR_1 = 0x239b961b;
const FACTOR_2 = 0xab0e9789;

/**
 * MurmurHash3's x86 form with two 32-bit lanes and seed 0, as ARM uses it: not one of the published variants,
 * found by its values (golden/engine.json).
 */
function murmur64(bytes: Buffer): bigint {
  let lane1 = 0;
  let lane2 = 0;
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    lane1 ^= scramble(bytes.readUInt32LE(at), FACTOR_1, 15, FACTOR_2);
    lane1 = Math.imul(rotate(lane1, 19) + lane2, 5) + 0x561ccd1b;
    lane2 ^= scramble(bytes.readUInt32LE(at + 4), FACTOR_2, 17, FACTOR_1);
    lane2 = Math.imul(rotate(lane2, 13) + lane1, 5) + 0x0bcaa747;
  }
  const tail = Buffer.alloc(8);
  bytes.copy(tail, 0, whole);
  lane1 ^= scramble(tail.readUInt32LE(0), FACTOR_1, 15, FACTOR_2);
  lane2 ^= scramble(tail.readUInt32LE(4), FACTOR_2, 17, FACTOR_1);

  lane1 = (lane1 ^ bytes.length) >>> 0;
  lane2 = (lane2 ^ bytes.length) >>> 0;
  lane1 = (lane1 + lane2) >>> 0;
  lane2 = (lane2 + lane1) >>> 0;
  lane1 = finish(lane1);
  lane2 = finish(lane2);
  lane1 = (lane1 + lane2) >>> 0;
  lane2 = (lane2 + lane1) >>> 0;
  return (BigInt(lane2) << 32n) | BigInt(lane1);
}

function scramble(word: number, first: number, rotation: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), rotation), second);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
