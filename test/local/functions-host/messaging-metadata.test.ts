import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyBody,
  type BindingData,
  longsData,
  stringsData,
} from '../../../local/functions-host/binding-data.ts';
import {
  formatDateTime,
  formatDateTimeOffset,
  toDotNetString,
} from '../../../local/functions-host/dot-net-text.ts';

describe('.NET text', () => {
  it('22: a time has no zone and no needless zeros', () => {
    assert.equal(formatDateTime(new Date('2026-11-24T11:20:15.140Z')), '2026-11-24T11:20:15.14');
    assert.equal(formatDateTime(new Date('2026-11-24T11:20:10.000Z')), '2026-11-24T11:20:10');
    assert.equal(
      formatDateTimeOffset(new Date('2026-11-24T11:20:15.1Z')),
      '2026-11-24T11:20:15.1+00:00',
    );
    assert.equal(formatDateTime(undefined), '0001-01-01T00:00:00');
    assert.equal(formatDateTime(new Date(922337203685477)), '9999-12-31T23:59:59.9999999');
  });

  it('21: of JSON values', () => {
    for (const [value, text] of [
      [true, 'True'],
      [false, 'False'],
      [5, '5'],
      [1.5, '1.5'],
      [1e21, '1E+21'],
      [1e-7, '1E-07'],
      ['plain', 'plain'],
      ['2026-11-25T13:45:00', '11/25/2026 13:45:00'],
      ['2026-11-25T13:45:00.123Z', '11/25/2026 13:45:00'],
      ['2026-11-25T01:45:00+02:00', '11/24/2026 23:45:00'],
      ['2026-13-25T13:45:00Z', '2026-13-25T13:45:00Z'],
      ['2026-11-25', '2026-11-25'],
    ] as const) {
      assert.equal(toDotNetString(value), text);
    }
  });
});

describe('binding data', () => {
  const applied = (body: string) => {
    const data: BindingData = { MessageId: { string: 'of the broker' } };
    applyBody(data, body);
    return data;
  };

  it("21: a JSON object's properties go over same-named ones in any case; arrays and nulls don't", () => {
    assert.deepEqual(applied('{"messageID":"x","a":[1],"n":null,"o":{"b":1},"t":true}'), {
      MessageId: { string: 'x' },
      o: { json: '{"b":1}' },
      t: { string: 'True' },
    });
  });

  it('21: what is no JSON object changes nothing', () => {
    for (const body of ['', 'text', '[1]', '5', '{broken}', '{"a":1} and more']) {
      assert.deepEqual(applied(body), { MessageId: { string: 'of the broker' } });
    }
  });

  it('21: a property called __proto__ is one', () => {
    const data = applied('{"__proto__":"x"}');
    assert.equal(Object.getPrototypeOf(data), Object.prototype);
    assert.deepEqual(Object.keys(data), ['MessageId', '__proto__']);
  });

  it('22: long integers are halves, and empty strings are left out', () => {
    assert.deepEqual(longsData([5n, -1n, 2n ** 40n]), {
      collectionSint64: {
        sint64: [
          { low: 5, high: 0, unsigned: false },
          { low: -1, high: -1, unsigned: false },
          { low: 0, high: 256, unsigned: false },
        ],
      },
    });
    assert.deepEqual(stringsData(['a', '', undefined, 'b']), {
      collectionString: { string: ['a', 'b'] },
    });
  });
});
