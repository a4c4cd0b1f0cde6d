// Requests by their bytes [MS-TDS 2.2.6], as clients send them that nobody here has run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packetType } from '../../../../local/azure/tds/packet.ts';
import { nameMessage } from '../../../../local/azure/tds/packet-faults.ts';
import { readRpcRequests } from '../../../../local/azure/tds/requests/rpc-request.ts';
import { readTransactionRequest } from '../../../../local/azure/tds/requests/transaction-request.ts';
import { headers } from './raw-client.ts';

const request = (hex: string) =>
  Buffer.concat([headers, Buffer.from(hex.replaceAll(' ', ''), 'hex')]);

describe('a transaction request', () => {
  it('begins with a level and a name whose length counts bytes', () => {
    assert.deepEqual(readTransactionRequest(request('0500 04 04 74003100')), {
      kind: 'begin',
      isolationLevel: 4,
      name: 't1',
    });
    assert.deepEqual(readTransactionRequest(request('0900 04 73003100')), {
      kind: 'save',
      name: 's1',
    });
  });

  it('ends with a name, and may begin the next', () => {
    assert.deepEqual(readTransactionRequest(request('0700 00 00')), { kind: 'commit', name: '' });
    assert.deepEqual(readTransactionRequest(request('0800 02 7400 01 02 02 7500')), {
      kind: 'rollback',
      name: 't',
      thenBegin: { isolationLevel: 2, name: 'u' },
    });
  });

  it('is refused if it is distributed, cut or odd', () => {
    assert.throws(() => readTransactionRequest(request('0000')), { number: 40517 });
    assert.throws(() => readTransactionRequest(request('0500')), { number: 4002 });
    assert.throws(() => readTransactionRequest(request('0900 03 730031')), { number: 4002 });
  });
});

describe('a call', () => {
  const int = (value: string) => `00 00 26 04 04 ${value}`;

  it('comes with others in one message', () => {
    const data = request(
      `ffff 0f00 0000 ${int('01000000')} ff ffff 0c00 0000 ${int('02000000')} fe 0100 7800 0000`,
    );
    assert.deepEqual(
      readRpcRequests(data).map(({ procedure, parameters }) => [procedure, parameters[0]?.value]),
      [
        ['sp_unprepare', 1],
        ['sp_execute', 2],
        ['x', undefined],
      ],
    );
  });

  it('has parameters of old types, with flags', () => {
    const data = request(
      '0100 7800 0000' +
        ' 02 4000 6100 01 38 05000000' + // @a int4, output
        ' 02 4000 6200 02 26 04 00' + // @b, by default
        ' 00 00 1f' + // NULL
        ' 00 00 32 01' + // bit
        ' 00 00 27 05 03 616263' + // legacy varchar
        ' 00 00 63 ffffffff 0904d00034 02000000 6100' + // ntext
        ' 00 00 a5 ffff feffffffffffffff 02000000 0102 01000000 03 00000000' + // varbinary(max), in parts
        ' 00 00 a7 1e00 0904d00434 0200 c3a9', // varchar, UTF-8
    );
    const [call] = readRpcRequests(data);
    assert.deepEqual(
      call?.parameters.map(({ value }) => value),
      [5, null, null, 1, 'abc', 'a', Uint8Array.from([1, 2, 3]), 'é'],
    );
    assert.equal(call?.parameters[0]?.isOutput, true);
    assert.equal(call?.parameters[1]?.isDefault, true);
  });

  it('is refused with the parameter named, if a value is none of its type', () => {
    for (const [hex, number] of [
      ['00 00 6a 05 09 02 05 01 ffffffff', 8023], // a decimal over its precision
      ['00 00 6a 05 27 02 05 01 00000000', 8016], // a precision of 39
      ['00 00 6d 08 08 000000000000f07f', 8023], // infinity
      ['00 00 28 03 ffffff', 8023], // a date after 9999
      ['00 00 29 07 05 ffffffffff', 8023], // a time after midnight
      ['00 00 2a 08', 8016], // a scale of 8
      ['00 00 e7 0400 0904d00034 0600 610062006300', 8023], // longer than declared
      ['00 00 e7 0300 0904d00034 0000', 8016], // half a character
      ['00 00 62 00', 40517], // sql_variant
      ['00 08 26 04 00', 40517], // encrypted
      ['00 00 26 04 04 01', 4002], // cut
      ['00 00 a5 ffff 0500000000000000 01000000 01 00000000', 4002], // parts that are not the whole
    ] as const) {
      assert.throws(() => readRpcRequests(request(`0100 7800 0000 ${hex}`)), { number }, hex);
    }
  });
});

describe('a message, for faults,', () => {
  it('is named by what it asks, never by its text', () => {
    const named = (type: number, data: Buffer) =>
      nameMessage({ type, data, isIgnored: false, reset: 'no' });
    assert.equal(named(packetType.rpc, request('ffff 0a00 0000')), 'RPC sp_executesql');
    assert.equal(named(packetType.rpc, request('0100 7800 0000')), 'RPC x');
    assert.equal(named(packetType.transactionManager, request('0700 00 00')), 'TM commit');
    assert.equal(named(packetType.sqlBatch, request('7300')), 'SQLBATCH');
    assert.equal(named(packetType.rpc, Buffer.alloc(2)), 'RPC');
  });
});
