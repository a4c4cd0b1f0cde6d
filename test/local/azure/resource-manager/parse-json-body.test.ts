import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonBody } from '../../../../local/azure/resource-manager/parse-json-body.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

test('what az sends: an unquoted key, comments, raw line breaks in strings, trailing commas', () => {
  const body = `{"properties": {"parameters": {"a": {"value": "x"}}, "mode": "Incremental", template:{
    // a comment with "quotes" and a { brace
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", /* another
    one */
    "variables": { "text": "one
two\t\\"three\\" // no comment", "n": -1.5e3, },
    "resources": [ true, false, null, ]
  }
}}`;
  assert.deepEqual(parse(body), {
    properties: {
      parameters: { a: { value: 'x' } },
      mode: 'Incremental',
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        variables: { text: 'one\ntwo\t"three" // no comment', n: -1500 },
        resources: [true, false, null],
      },
    },
  });
});

test('strict JSON comes through unchanged, also behind an unquoted key', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parse(`{key:${text}}`), JSON.parse(`{"key":${text}}`));
    }),
  );
});

test('an empty body is none; a byte order mark does not count', () => {
  assert.equal(parse('  '), undefined);
  assert.deepEqual(parse('\uFEFF{"a":1}'), { a: 1 });
});

for (const text of ['{', '{"a" 1}', '{"a": }', 'x y', '{"a": "b}', '[1,,2]']) {
  test(`${text} is refused as content`, () => {
    assert.throws(() => parse(text), { status: 400, code: 'InvalidRequestContent' });
  });
}
