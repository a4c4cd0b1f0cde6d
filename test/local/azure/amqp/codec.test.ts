// Our codec and rhea's, which the SDKs use, read each other's bytes; and no bytes do more than be refused.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import {
  type AmqpValue,
  arrayOf,
  Described,
  symbolicMap,
  Typed,
  typed,
} from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { DecodeError, decodeValue } from '../../../../local/azure/amqp/codec/decode.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import { Performative } from '../../../../local/azure/amqp/codec/performatives.ts';
import { splitSections, unbatch } from '../../../../local/azure/amqp/codec/sections.ts';

const { types, message } = createRequire(import.meta.url)('rhea');

function rheaEncode(value: unknown): Buffer {
  const writer = new types.Writer();
  writer.write(value);
  return writer.toBuffer();
}
const rheaDecode = (bytes: Buffer): unknown => types.unwrap(new types.Reader(bytes).read());

const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

/** name, our typed value, rhea's, decoded */
const samples: readonly (readonly [string, AmqpValue, unknown, AmqpValue])[] = [
  ['null', null, types.wrap(null), null],
  ['true', true, types.wrap_boolean(true), true],
  ['false', false, types.wrap_boolean(false), false],
  ['ubyte', typed('ubyte', 200), types.wrap_ubyte(200), 200],
  ['ushort', typed('ushort', 60_000), types.wrap_ushort(60_000), 60_000],
  ['uint 0', typed('uint', 0), types.wrap_uint(0), 0],
  ['uint 255', typed('uint', 255), types.wrap_uint(255), 255],
  ['uint', typed('uint', 4_000_000_000), types.wrap_uint(4_000_000_000), 4_000_000_000],
  ['ulong', typed('ulong', 300), types.wrap_ulong(300), 300],
  ['byte', typed('byte', -5), types.wrap_byte(-5), -5],
  ['short', typed('short', -500), types.wrap_short(-500), -500],
  ['int small', typed('int', -5), types.wrap_int(-5), -5],
  ['int', typed('int', -70_000), types.wrap_int(-70_000), -70_000],
  ['long small', typed('long', -128), types.wrap_long(-128), -128],
  [
    'long',
    typed('long', 9_007_199_254_740_991),
    types.wrap_long(9_007_199_254_740_991),
    9_007_199_254_740_991,
  ],
  ['long below 0', typed('long', -5_000_000_000), types.wrap_long(-5_000_000_000), -5_000_000_000],
  ['double', 1.5, types.wrap_double(1.5), 1.5],
  ['float', typed('float', 0.5), types.wrap_float(0.5), 0.5],
  [
    'timestamp',
    new Date(1_700_000_000_123),
    types.wrap_timestamp(1_700_000_000_123),
    new Date(1_700_000_000_123),
  ],
  ['timestamp before 1970', new Date(-1000), types.wrap_timestamp(-1000), new Date(-1000)],
  ['string', 'ü€😀', types.wrap_string('ü€😀'), 'ü€😀'],
  ['long string', 'x'.repeat(300), types.wrap_string('x'.repeat(300)), 'x'.repeat(300)],
  ['symbol', typed('symbol', 'amqp:x'), types.wrap_symbol('amqp:x'), 'amqp:x'],
  ['binary', Buffer.from([1, 2]), types.wrap_binary(Buffer.from([1, 2])), Buffer.from([1, 2])],
  ['uuid', typed('uuid', uuid), types.wrap_uuid(uuid), new Typed('uuid', uuid)],
  ['list', [true, 'a'], types.wrap_list([true, 'a']), [true, 'a']],
  ['empty list', [], types.wrap_list([]), []],
  ['map', { a: 'b' }, types.wrap_map({ a: 'b' }), new Map([['a', 'b']])],
  [
    'symbolic map',
    symbolicMap({ a: 'b' }),
    types.wrap_symbolic_map({ a: 'b' }),
    new Map([['a', 'b']]),
  ],
  ['array', arrayOf('string', ['a', 'b']), types.wrap_array(['a', 'b'], 0xa1), ['a', 'b']],
  [
    'array of timestamps',
    arrayOf('timestamp', [1, 2]),
    types.wrap_array([1, 2], 0x83),
    [new Date(1), new Date(2)],
  ],
  [
    'described',
    new Described(typed('symbol', 'd'), 'v'),
    types.described_nc(types.wrap_symbol('d'), types.wrap_string('v')),
    new Described('d', 'v'),
  ],
];

describe('the codec', () => {
  for (const [name, ours, theirs, decoded] of samples) {
    it(`reads what rhea writes and what it writes itself: ${name}`, () => {
      assert.deepEqual(decodeValue(rheaEncode(theirs)), decoded);
      assert.deepEqual(decodeValue(encodeValue(ours)), decoded);
    });

    it(`writes what rhea reads: ${name}`, () => {
      assert.deepEqual(rheaDecode(encodeValue(ours)), rheaDecode(rheaEncode(theirs)));
    });
  }

  it('keeps whole numbers beyond the safe ones as bigint', () => {
    assert.equal(decodeValue(encodeValue(typed('long', -(2n ** 63n)))), -(2n ** 63n));
    assert.equal(decodeValue(encodeValue(typed('ulong', 2n ** 64n - 1n))), 2n ** 64n - 1n);
  });

  it('splits a message of rhea into its sections', () => {
    const bytes = message.encode({
      ...{
        durable: true,
        message_id: 'm',
        body: message.data_sections([Buffer.from('a'), Buffer.from('b')]),
      },
      ...{ message_annotations: { 'x-opt-a': 1 }, application_properties: { p: 'q' } },
    });
    assert.deepEqual(
      splitSections(bytes).map(({ code }) => code),
      [0x70, 0x72, 0x73, 0x74, 0x75, 0x75],
    );
    assert.deepEqual(unbatch(bytes), [Buffer.from('a'), Buffer.from('b')]);
  });
});

describe('bytes that are no AMQP', () => {
  const refused = (bytes: Buffer) => assert.throws(() => decodeValue(bytes), DecodeError);

  it('are refused: cut, with rests, unknown types, lying sizes', () => {
    for (const [, ours] of samples) {
      const bytes = encodeValue(ours);
      refused(Buffer.concat([bytes, Buffer.from([0x40])]));
      for (let end = 0; end < bytes.length; end++) refused(bytes.subarray(0, end));
    }
    for (const hex of ['01', '3f', 'c00502', 'd0ffffffff00000001', 'b0ffffffff', 'c10301404040']) {
      refused(Buffer.from(hex, 'hex'));
    }
  });

  it('are refused before they take memory or stack: endless arrays, deep nesting', () => {
    refused(Buffer.from('f000000005ffffffff40', 'hex')); // 4 billion nulls
    refused(Buffer.from('f000000005ffffffff45', 'hex')); // 4 billion empty lists
    refused(Buffer.alloc(100_000, 0x00));
    refused(Buffer.from(`${'c0ff01'.repeat(50_000)}40`, 'hex'));
    assert.throws(() => new Performative(Buffer.alloc(60_000, 0x00)), DecodeError);
  });

  it('throw nothing else, whatever they are', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const whole = samples.map(([, ours]) => encodeValue(ours));
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(whole[round % whole.length] ?? []);
      const changes = 1 + Math.floor(random() * 3);
      for (let change = 0; change < changes; change++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      try {
        decodeValue(bytes);
      } catch (error) {
        assert.ok(error instanceof DecodeError, `${bytes.toString('hex')}: ${error}`);
      }
    }
  });
});
