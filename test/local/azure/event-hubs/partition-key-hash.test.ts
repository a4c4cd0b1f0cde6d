// The SDK for JavaScript carries the service's hash for its buffered producer: the referee.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  hashOfKey,
  partitionOfKey,
} from '../../../../local/azure/event-hubs/partition-key-hash.ts';

const main = createRequire(import.meta.url).resolve('@azure/event-hubs');
const mapper = join(dirname(main), '..', 'esm', 'impl', 'partitionKeyToIdMapper.js');
const { hashPartitionKey, mapPartitionKeyToId } = (await import(pathToFileURL(mapper).href)) as {
  hashPartitionKey(key: string): number;
  mapPartitionKeyToId(key: string, count: number): number;
};

it('gives every key the partition that the SDK gives it', () => {
  const alphabet = 'aZ0-_ü€😀/';
  for (let length = 0; length < 200; length++) {
    const key = Array.from(
      { length },
      (_, index) => alphabet[(index * 7 + length) % alphabet.length],
    ).join('');
    assert.equal(hashOfKey(key), hashPartitionKey(key), key);
    for (const count of [1, 2, 4, 32, 1024]) {
      assert.equal(
        partitionOfKey(key, count),
        mapPartitionKeyToId(key, count),
        `${key} of ${count}`,
      );
    }
  }
});
