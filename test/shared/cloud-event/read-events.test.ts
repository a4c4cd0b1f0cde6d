// What publishEvent takes and refuses, before anything is sent: section 4 of the faults and threats.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCloudEvent } from '../../../shared/cloud-event/cloud-event.ts';
import { readEvents } from '../../../shared/cloud-event/read-events.ts';
import { AppError } from '../../../shared/errors.ts';
import { errorResponse } from '../../../shared/http-response.ts';

const EVENT = { specversion: '1.0', id: 'a', source: '/s', type: 't' };
const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

type Headers = Readonly<Record<string, string>>;

function request(body: string | Uint8Array, headers: Headers = { 'content-type': STRUCTURED }) {
  const bytes = Buffer.from(body);
  return {
    headers: new globalThis.Headers(headers),
    body: (async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    })(),
  };
}

async function refusal(
  body: string | Uint8Array,
  headers?: Headers,
): Promise<{ status: number; message: string }> {
  const started = performance.now();
  try {
    await readEvents(request(body, headers));
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 'INPUT_INVALID');
    assert.ok(performance.now() - started < 1_000, 'within a second');
    return { status: errorResponse(error).status ?? 0, message: error.message };
  }
  throw new Error('it was taken');
}

describe('a request with events', () => {
  it('may hold one event, and what is passed on is its text', async () => {
    const text =
      '{ "specversion":"1.0", "id":"a", "source":"/s","type":"t","data":12345678901234567890 }';
    const [only, ...more] = await readEvents(request(` ${text}\n`));
    assert.equal(only?.text, text);
    assert.equal(only?.event.id, 'a');
    assert.deepEqual(more, []);
  });

  it('may hold 1,000 in an array, each with its text', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) => ({ ...EVENT, id: `${index}` }));
    for (const type of [BATCH, 'application/json', 'Application/JSON; charset="UTF-8"']) {
      const read = await readEvents(request(JSON.stringify(events), { 'content-type': type }));
      assert.equal(read.length, 1_000);
      assert.deepEqual(JSON.parse(read[999]?.text ?? ''), events[999]);
    }
  });

  const bodies: Readonly<Record<string, readonly [string | Uint8Array, RegExp]>> = {
    none: ['', /^The body is empty/],
    null: ['null', /^The event must be a JSON object/],
    'a text': ['"x"', /^The event must be a JSON object/],
    'a number': ['1', /^The event must be a JSON object/],
    'something else': ['hello', /^The body is not JSON/],
    truncated: [JSON.stringify(EVENT).slice(0, -5), /^The body is not JSON/],
    'bad UTF-8': [Buffer.from([0x22, 0xc3, 0x28, 0x22]), /^The body is not UTF-8/],
    'a lone surrogate as UTF-8': [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /not UTF-8/],
    'what is 10,000 deep': [
      JSON.stringify(EVENT).replace('}', `,"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
      /^The body is nested more than 64 deep/,
    ],
    'a name twice': [JSON.stringify(EVENT).replace('}', ',"id":"b"}'), /two members of one name/],
    __proto__: [JSON.stringify(EVENT).replace('}', ',"__proto__":{}}'), /__proto__/],
    '1e400': [JSON.stringify(EVENT).replace('}', ',"data":1e400}'), /number that is too large/],
    'more than 4 MB': [
      JSON.stringify({ ...EVENT, data: 'x'.repeat(4 * 1024 * 1024) }),
      /^The body is larger than 4 MB/,
    ],
  };
  for (const [name, [body, expected]] of Object.entries(bodies)) {
    it(`is refused with ${name}`, async () => {
      const { status, message } = await refusal(body);
      assert.equal(status, name === 'more than 4 MB' ? 413 : 400);
      assert.match(message, expected);
    });
  }

  it('is refused with no, with 1,001 and with repeated events', async () => {
    const many = (count: number) => JSON.stringify(Array(count).fill(EVENT));
    const headers = { 'content-type': BATCH };
    assert.match((await refusal('[]', headers)).message, /1 to 1,000 events/);
    assert.match((await refusal(many(1_001), headers)).message, /1 to 1,000 events/);
    assert.match((await refusal(many(2), headers)).message, /^Event 1's id is that of event 0/);
  });

  it('is given up as soon as it is too long, before its end', async () => {
    let read = 0;
    const endless = {
      headers: new globalThis.Headers({ 'content-type': STRUCTURED }),
      body: (async function* () {
        for (;;) {
          read += 65_536;
          yield Buffer.alloc(65_536, 0x20);
        }
      })(),
    };
    await assert.rejects(readEvents(endless), { code: 'INPUT_INVALID', status: 413 });
    assert.ok(read <= 4 * 1024 * 1024 + 65_536);
    const announced = { 'content-type': STRUCTURED, 'content-length': '104857600' };
    assert.equal((await refusal('x', announced)).status, 413);
  });

  const headers: Readonly<Record<string, readonly [Headers, RegExp]>> = {
    'no content type': [{}, /^Content-Type must be/],
    'another content type': [{ 'content-type': 'text/plain' }, /^Content-Type must be/],
    'another charset': [
      { 'content-type': `${STRUCTURED}; charset=utf-16` },
      /charset must be UTF-8/,
    ],
    compression: [
      { 'content-type': STRUCTURED, 'content-encoding': 'gzip' },
      /must not be compressed/,
    ],
    'binary mode': [
      { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': 'a' },
      /binary mode/,
    ],
  };
  for (const [name, [given, expected]] of Object.entries(headers)) {
    it(`is refused with ${name}: 415`, async () => {
      const { status, message } = await refusal(JSON.stringify(EVENT), given);
      assert.equal(status, 415);
      assert.match(message, expected);
    });
  }

  it('must be what its content type says', async () => {
    assert.match(
      (await refusal(JSON.stringify(EVENT), { 'content-type': BATCH })).message,
      /must be an array/,
    );
    assert.match((await refusal(JSON.stringify([EVENT]))).message, /must be one event/);
  });
});

describe('a CloudEvent', () => {
  const long = 'x'.repeat(10_240);
  const refused: Readonly<Record<string, readonly unknown[]>> = {
    specversion: ['0.3', '1', 1.0, null, undefined],
    id: ['', long, 7, null, undefined, 'a\u0000b', 'a\ud800', 'a\ufffe', '\u0085'],
    source: ['', long, 7, undefined, 'a b', 'ä', '<x>', '%zz', 'a\\b'],
    type: ['', long, {}, undefined, 'a\nb'],
    subject: ['', long, 7],
    time: [
      '',
      'yesterday',
      '2025-10-03',
      '2026-11-24T25:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2025-10-03T01:02:03',
      '2026-11-24T11:20:15+24:00',
      '2026-11-24 11:20:15Z',
      1_700_000_000,
    ],
    datacontenttype: ['', 'json', 'application/', 7],
    dataschema: ['', '/relative', 'a b', 7],
    partitionkey: ['', 'k'.repeat(129), 7],
    data_base64: ['x', 'a===', 'YQ=', '-_-_', 7],
    extension1: [1.5, 2 ** 31, [], {}, long, 'a\u0001'],
    Extension: ['x'],
    'ext-1': ['x'],
    ext_1: ['x'],
    'a[]': ['x'],
    '': ['x'],
    [`${'e'.repeat(65)}`]: ['x'],
  };
  for (const [name, values] of Object.entries(refused)) {
    for (const value of values) {
      const shown = JSON.stringify(value)?.slice(0, 30);
      it(`is refused with ${name.slice(0, 20)} ${shown}, in a sentence without it`, () => {
        assert.throws(
          () => parseCloudEvent({ ...EVENT, [name]: value }, 'The event'),
          (error: AppError) => {
            assert.equal(error.code, 'INPUT_INVALID');
            assert.ok(error.message.startsWith(`The event's ${name.slice(0, 64)}`), error.message);
            assert.ok(error.message.length < 260);
            if (String(value).length > 5) assert.ok(!error.message.includes(String(value)));
            return true;
          },
        );
      });
    }
  }

  it('must not have its data twice', () => {
    assert.throws(
      () => parseCloudEvent({ ...EVENT, data: 1, data_base64: 'YQ==' }, 'The event'),
      /both data and data_base64/,
    );
  });

  it('may leave out what is optional, and say null for it', () => {
    assert.equal(parseCloudEvent({ ...EVENT, subject: null, ext: null }, 'The event').id, 'a');
  });

  it('is taken whenever the specification allows it', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
      .filter((one) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(one));
    const uri = fc.webUrl().map((one) => one.replaceAll(/[^!-~]/g, ''));
    const event = fc.record(
      {
        specversion: fc.constant('1.0'),
        id: text,
        source: fc.oneof(uri, fc.constantFrom('/a/b', 'urn:x:y', '#f', '?q=1')),
        type: text,
        subject: text,
        time: fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
          .map((date) => date.toISOString()),
        datacontenttype: fc.constantFrom('application/json', 'text/plain; charset=utf-8'),
        dataschema: uri,
        partitionkey: text,
        comexampleextension1: fc.oneof(text, fc.boolean(), fc.integer()),
        data: fc.jsonValue(),
      },
      { requiredKeys: ['specversion', 'id', 'source', 'type'] },
    );
    fc.assert(
      fc.property(event, (one) => {
        assert.equal(parseCloudEvent(one, 'The event').id, one.id);
      }),
    );
  });

  it('is never more than refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        try {
          parseCloudEvent(value, 'The event');
        } catch (error) {
          assert.ok(error instanceof AppError && error.code === 'INPUT_INVALID', String(error));
        }
      }),
    );
  });
});
