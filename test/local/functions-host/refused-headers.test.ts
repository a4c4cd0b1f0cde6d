import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { areHeadersRefused } from '../../../local/functions-host/refused-headers.ts';

describe('Kestrel takes', () => {
  for (const headers of [
    ['Host', 'localhost:7071'],
    ['Host', ''],
    ['host', '[::1]:80'],
    ['Host', 'a-b.c_d~e'],
    ['Host', 'x', 'Transfer-Encoding', 'chunked'],
    ['Host', 'x', 'Transfer-Encoding', 'gzip, chunked'],
    ['Host', 'x', 'Connection', 'keep-alive, Upgrade', 'Upgrade', 'websocket'],
    ['Host', 'x', 'Connection', 'upgrade', 'Content-Length', '0'],
    ['Host', 'x', 'Content-Length', '5'],
  ]) {
    it(headers.join(' '), () => assert.equal(areHeadersRefused(headers), false));
  }
});

describe('Kestrel refuses', () => {
  for (const headers of [
    ['Host', 'x', 'host', 'x'],
    ['Host', ':80'],
    ['Host', 'a b'],
    ['Host', 'a/b'],
    ['Host', 'user@x'],
    ['Host', 'x:port'],
    ['Host', '[::1'],
    ['Host', 'a%41'],
    ['Host', 'x', 'Transfer-Encoding', 'gzip'],
    ['Host', 'x', 'Transfer-Encoding', 'chunked, gzip'],
    ['Host', 'x', 'Transfer-Encoding', 'xchunked'],
    ['Host', 'x', 'Connection', 'Upgrade', 'Content-Length', '5'],
    ['Host', 'x', 'Connection', 'upgrade', 'Transfer-Encoding', 'chunked'],
  ]) {
    it(headers.join(' '), () => assert.equal(areHeadersRefused(headers), true));
  }
});
