import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../../shared/cloud-event/parse-json.ts';

/** What JSON.parse makes of the value, so that prototypes don't matter. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const readable = (text: string) => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

describe('strict JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        assert.deepEqual(plain(parseJson(text).value), plain(JSON.parse(text)));
      }),
    );
  });

  it('comes with the text of each element, which is the element', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.nat(3), (values, indent) => {
        const text = ` ${JSON.stringify(values, null, indent)}\n`;
        fc.pre(!text.includes('__proto__'));
        const { texts } = parseJson(text);
        assert.deepEqual(
          texts.map((one) => JSON.parse(one)),
          plain(values),
        );
        assert.ok(texts.every((one) => text.includes(one) && one === one.trim()));
      }),
    );
  });

  it('is never read where JSON.parse reads nothing, whatever was changed in it', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom(...'{}[]",:\\0e-+.tfn\u0001 \ud800'),
        fc.boolean(),
        (json, position, character, replaces) => {
          const at = position % (json.length + 1);
          const text = json.slice(0, at) + character + json.slice(at + (replaces ? 1 : 0));
          const expected = readable(text);
          try {
            const { value } = parseJson(text);
            assert.ok(expected, text);
            assert.deepEqual(plain(value), plain(expected.value));
          } catch (error) {
            assert.ok(error instanceof SyntaxError, String(error));
            const isOurs = /two members|too large|__proto__|deep/.test(error.message);
            assert.ok(expected === undefined || isOurs, `${text}: ${error.message}`);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  for (const [text, complaint] of [
    ['', /is not JSON \(at character 0\)/],
    ['nul', /is not JSON/],
    ['{"a":1,"a":1}', /two members of one name/],
    ['{"a":{"b":1,"\\u0062":2}}', /two members of one name/],
    ['{"__proto__":{}}', /__proto__/],
    ['{"a":[{"\\u005f_proto__":1}]}', /__proto__/],
    ['1e400', /number that is too large/],
    ['-1e400', /number that is too large/],
    ['['.repeat(10_000) + ']'.repeat(10_000), /more than 64 deep/],
    ['{"a":'.repeat(10_000), /more than 64 deep/],
    ['"\u0000"', /is not JSON/],
    ['01', /is not JSON \(at character 1\)/],
    ['[1,]', /is not JSON \(at character 3\)/],
    ['1 2', /is not JSON/],
    ['\ufeff1', /is not JSON/],
    ['{"a":1', /is not JSON/],
    ['"abc', /is not JSON/],
    ['"abc\\"', /is not JSON/],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 24))}`, () => {
      assert.throws(() => parseJson(text), { name: 'SyntaxError', message: complaint });
    });
  }

  it('keeps a member that only looks like one of an object of ours', () => {
    const { value } = parseJson('{"constructor":1,"toString":2,"hasOwnProperty":3}');
    assert.deepEqual(plain(value), { constructor: 1, toString: 2, hasOwnProperty: 3 });
  });

  for (const [name, text] of [
    ['quotes', `"${'\\"'.repeat(1_000_000)}"`],
    ['backslashes', `"${'\\\\'.repeat(1_000_000)}"`],
    ['brackets', `[${'[],'.repeat(600_000)}[]]`],
    ['digits', '1'.repeat(300)],
  ] as const) {
    it(`takes no long time for many ${name}`, () => {
      const started = performance.now();
      parseJson(text);
      assert.ok(performance.now() - started < 2_000);
    });
  }
});
