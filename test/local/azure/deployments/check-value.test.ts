import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkValue } from '../../../../local/azure/deployments/check-value.ts';
import { parseTypeDefinition } from '../../../../local/azure/deployments/parse-type-definition.ts';

const syntax = 'Please see https://aka.ms/arm-syntax-parameters for usage details.';
const file = 'Please see https://aka.ms/arm-create-parameter-file for usage details.';
const pet = {
  type: 'object',
  discriminator: {
    propertyName: 'k',
    mapping: { dog: { $ref: '#/definitions/d' }, cat: { $ref: '#/definitions/c' } },
  },
};
const pair = { type: 'array', prefixItems: [{ type: 'string' }, { type: 'int' }], items: false };
const definitions = new Map(
  Object.entries({
    d: {
      type: 'object',
      properties: { k: { type: 'string', allowedValues: ['dog'] }, bark: { type: 'int' } },
    },
    c: { type: 'object', properties: { k: { type: 'string', allowedValues: ['cat'] } } },
    loop: { $ref: '#/definitions/loop' },
    maybe: { type: 'string', nullable: true },
  }).map(([name, value]) => [name, parseTypeDefinition(value, name)]),
);

/** The sentences are those of Microsoft's engine: `bicep snapshot` 0.49.2. */
const refused: readonly (readonly [type: object, value: unknown, path: string, reason: string])[] =
  [
    [
      { type: 'string' },
      3,
      'p',
      `Expected a value of type 'String, Uri', but received a value of type 'Integer'. ${file}`,
    ],
    [
      { type: 'int' },
      1.5,
      'p',
      `Expected a value of type 'Integer', but received a value of type 'Float'. ${file}`,
    ],
    [
      { type: 'int' },
      '5',
      'p',
      `Expected a value of type 'Integer', but received a value of type 'String'. ${file}`,
    ],
    [
      { type: 'bool' },
      'true',
      'p',
      `Expected a value of type 'Boolean', but received a value of type 'String'. ${file}`,
    ],
    [
      { type: 'string', allowedValues: ['a', 'b'] },
      'c',
      'p',
      "The value 'c' is not part of the allowed value(s): 'a,b'.",
    ],
    [
      { type: 'string', allowedValues: ['x', 'y'] },
      'X',
      'p',
      "The value 'X' is not part of the allowed value(s): 'x,y'.",
    ],
    [
      { type: 'string', minLength: 5 },
      'abc',
      'p',
      `Length of the value should be greater than or equal to '5'. ${syntax}`,
    ],
    [
      { type: 'string', maxLength: 2 },
      'abc',
      'p',
      `Length of the value should be less than or equal to '2'. ${syntax}`,
    ],
    [
      { type: 'array', minLength: 2 },
      [1],
      'p',
      `Length of the value should be greater than or equal to '2'. ${syntax}`,
    ],
    [
      { type: 'int', minValue: 5 },
      1,
      'p',
      `Value should be greater than or equal to '5'. ${syntax}`,
    ],
    [{ type: 'int', maxValue: 5 }, 10, 'p', `Value should be less than or equal to '5'. ${syntax}`],
    [
      { type: 'object', properties: { a: { type: 'int' } } },
      { a: 'x' },
      'p.a',
      `Expected a value of type 'Integer', but received a value of type 'String'. ${file}`,
    ],
    [
      { type: 'object', properties: { a: { type: 'int' } } },
      { b: 'x' },
      'p',
      `A non-null value for the property 'a' must be provided, but the property was null or missing. ${syntax}`,
    ],
    [
      { type: 'object', properties: { b: { type: 'string', minLength: 3 } } },
      { b: 'x' },
      'p.b',
      `Length of the value should be greater than or equal to '3'. ${syntax}`,
    ],
    [
      { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false },
      { b: 'x', z: 1 },
      'p',
      `The object does not allow values with properties not defined in the schema, but the following unknown properties were present: ['z']. ${syntax}`,
    ],
    [
      { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
      { z: 1 },
      'p.z',
      `Expected a value of type 'String, Uri', but received a value of type 'Integer'. ${file}`,
    ],
    [
      { type: 'array', items: { type: 'string' } },
      ['x', 1],
      'p[1]',
      `Expected a value of type 'String, Uri', but received a value of type 'Integer'. ${file}`,
    ],
    [
      pair,
      ['x', 1, 2],
      'p',
      `The array expects exactly 2 item(s), but additional items were present. ${syntax}`,
    ],
    [
      pair,
      ['x'],
      'p',
      `All elements of an array prefix are required, but no value was provided at index 1. ${syntax}`,
    ],
    [
      pet,
      { k: 'cow' },
      'p',
      `The value provided for the discriminator property 'k' did not match any known variant. Valid discriminator property values are: 'dog','cat'. ${syntax}`,
    ],
    [pet, {}, 'p', `No value was provided for the discriminator property 'k'. ${syntax}`],
    [
      pet,
      { k: 'dog', bark: 'x' },
      'p.bark',
      `Expected a value of type 'Integer', but received a value of type 'String'. ${file}`,
    ],
  ];

for (const [type, value, path, reason] of refused) {
  test(`refuses ${JSON.stringify(value)} for ${JSON.stringify(type).slice(0, 80)}`, () => {
    assert.throws(() => check(type, value), {
      code: 'InvalidTemplate',
      message: `Deployment template validation failed: 'The provided value for the template parameter '${path}' is not valid. ${reason}'.`,
    });
  });
}

const accepted: readonly (readonly [type: object, value: unknown])[] = [
  [{ type: 'string', minLength: 3, maxLength: 3 }, 'abc'],
  [{ type: 'secureString' }, ''],
  [{ type: 'int', minValue: 1, maxValue: 1 }, 1],
  [{ type: 'array', allowedValues: ['x', 'y'] }, ['y', 'x']],
  [{ $ref: '#/definitions/maybe' }, null],
  [{ type: 'object', properties: { a: { $ref: '#/definitions/maybe' } } }, {}],
  [{ type: 'object', properties: { A: { type: 'int' } }, additionalProperties: false }, { a: 1 }],
  [pair, ['x', 1]],
  [pet, { k: 'dog', bark: 1 }],
  [pet, { k: 'cat' }],
];

for (const [type, value] of accepted) {
  test(`takes ${JSON.stringify(value)} for ${JSON.stringify(type).slice(0, 80)}`, () => {
    assert.doesNotThrow(() => check(type, value));
  });
}

test('a reference to a type that is not there, or that ends in itself, is refused by name', () => {
  for (const name of ['none', 'loop']) {
    assert.throws(() => check({ $ref: `#/definitions/${name}` }, 'x'), {
      message: new RegExp(`'#/definitions/${name}' not found in template`),
    });
  }
});

test('a secure value is never in the message that refuses it', () => {
  const type = { type: 'securestring', allowedValues: ['a'] };
  assert.throws(
    () => check(type, 'pa55word'),
    (error) => !String(error).includes('pa55word'),
  );
});

function check(type: object, value: unknown): void {
  checkValue(value, parseTypeDefinition(type, 'parameters.p'), 'p', {
    kind: 'parameter',
    definitions,
  });
}
