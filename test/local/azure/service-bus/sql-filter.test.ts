import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AmqpValue, typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import {
  FilterError,
  FilterSyntaxError,
} from '../../../../local/azure/service-bus/filters/filter-error.ts';
import { MessageProperties } from '../../../../local/azure/service-bus/filters/message-properties.ts';
import { parseSqlFilter } from '../../../../local/azure/service-bus/filters/parse-sql-filter.ts';
import { MessageContent } from '../../../../local/azure/service-bus/messages/message-content.ts';
import { encodeTestMessage } from './test-message.ts';

const properties: Record<string, AmqpValue> = {
  color: 'blue',
  quantity: 10,
  half: typed('double', 2.5),
  isUrgent: true,
  nothing: null,
  'with space': 'yes',
  when: new Date(1000),
  guid: typed('uuid', Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
  large: 9_007_199_254_740_993n,
  percent: '50% off_',
};

const message = new MessageProperties(
  MessageContent.parse(
    encodeTestMessage('body', {
      ...{ id: 'm1', subject: 'Bus order', correlationId: 'high', sessionId: 's', properties },
    }),
  ),
);

const evaluate = (expression: string, parameters = {}) =>
  parseSqlFilter(expression, parameters)(message);

/** Each expression with what it is for the message above; undefined: unknown. */
const cases: readonly [string, boolean | undefined][] = [
  ["color = 'blue'", true],
  ["color = 'Blue'", false],
  ["COLOR = 'blue'", true],
  ["user.color = 'blue'", true],
  ["[color] = 'blue'", true],
  ['"color" = \'blue\'', true],
  ["[with space] = 'yes'", true],
  ["color <> 'red'", true],
  ["color != 'blue'", false],
  ['quantity = 10', true],
  ['quantity >= 10 AND quantity <= 10', true],
  ['quantity > 10 OR quantity < 10', false],
  ['quantity = 10.0', true],
  ['half = 2.5', true],
  ['half * 2 = 5', true],
  ['quantity / 4 = 2', true],
  ['quantity / 4.0 = 2.5', true],
  ['quantity % 3 = 1', true],
  ['1 + 2 * 3 = 7', true],
  ['(1 + 2) * 3 = 9', true],
  ['10 - 3 - 2 = 5', true],
  ['-quantity = -10', true],
  ['quantity = + 10', true],
  ['2 - -2 = 4', true],
  ["color + 'ish' = 'blueish'", true],
  ['large = 9007199254740993', true],
  ['large = 9007199254740992', false],
  ['101.5E2 = 10150', true],
  ['isUrgent = TRUE', true],
  ['isUrgent = false', false],
  ["color LIKE 'bl%'", true],
  ["color LIKE '_lue'", true],
  ["color LIKE 'lue'", false],
  ["color NOT LIKE '%z%'", true],
  ["percent LIKE '50\\% off\\_' ESCAPE '\\'", true],
  ["percent LIKE '50!%%' ESCAPE '!'", true],
  ["percent LIKE '50!_%' ESCAPE '!'", false],
  ["color IN ('red', 'blue')", true],
  ["color NOT IN ('red', 'blue')", false],
  ['quantity IN (5, 2 * 5)', true],
  ['nothing IS NULL', true],
  ['missing IS NULL', true],
  ['color IS NOT NULL', true],
  ['EXISTS(color)', true],
  ['EXISTS(missing)', false],
  ['NOT EXISTS(missing)', true],
  ['NOT EXISTS(sys.To)', true],
  ["sys.Label LIKE '%order%'", true],
  ["sys.label = 'Bus order'", true],
  ["sys.CorrelationId = 'high' AND sys.SessionId = 's' AND sys.MessageId = 'm1'", true],
  ["property('color') = 'blue'", true],
  ["p('sys.' + 'Label') = 'Bus order'", true],
  ["guid = '00112233-4455-6677-8899-aabbccddeeff'", true],
  ['newid() = newid()', false],
  ["NOT color = 'red'", true],
  ["NOT (color = 'blue' AND quantity = 10)", false],
  ["color = 'red' AND quantity = 10 OR isUrgent = TRUE", true],
  ["color = 'it''s'", false],
  // unknown
  ["missing = 'x'", undefined],
  ["missing <> 'x'", undefined],
  ["NOT missing = 'x'", undefined],
  ['missing + 1 = 2', undefined],
  ['-missing = 1', undefined],
  ["missing LIKE 'x'", undefined],
  ["missing NOT IN ('x')", undefined],
  ['color = NULL', undefined],
  ["missing = 'x' AND color = 'red'", false],
  ["missing = 'x' AND color = 'blue'", undefined],
  ["missing = 'x' OR color = 'blue'", true],
  ["color = 'red' OR missing = 'x'", undefined],
  // two kinds
  ["quantity = '10'", false],
  ["quantity <> '10'", true],
  ['when = when', true],
  ['when < when', false],
];

describe('a SQL filter', () => {
  for (const [expression, expected] of cases) {
    it(`${expression} is ${expected ?? 'unknown'}`, () => {
      assert.equal(evaluate(expression), expected);
    });
  }

  it('takes values of parameters', () => {
    assert.equal(
      evaluate('color = @color AND quantity = @n', { '@color': 'blue', '@n': 10 }),
      true,
    );
    assert.throws(() => evaluate('color = @color'), /the parameter '@color' has no value/);
  });

  const failures: readonly [string, RegExp][] = [
    ["quantity > 'ten'", /'>' cannot be applied to an integer and a string/],
    ['color + 1 = 2', /'\+' cannot be applied to a string and an integer/],
    ["color - 'x' = 2", /'-' cannot be applied/],
    ["quantity LIKE '1%'", /LIKE needs strings/],
    ["color LIKE 'x' ESCAPE 'ab'", /ESCAPE needs a string of one character/],
    ['quantity / 0 = 1', /divide by zero/],
    ["sys.Nonsense = 'x'", /The system property 'sys.Nonsense' does not exist/],
    ['when < 5', /'<' cannot be applied to a date and an integer/],
  ];
  for (const [expression, reason] of failures) {
    it(`${expression} fails for the message`, () => {
      assert.throws(
        () => evaluate(expression),
        (error) => error instanceof FilterError && reason.test(error.message),
      );
    });
  }

  const refused: readonly [string, RegExp][] = [
    ['', /ends too early/],
    ['color', /a condition was expected/],
    ['TRUE', /a condition was expected/],
    ["color = 'blue' AND quantity", /a condition was expected/],
    ["(color = 'blue') = TRUE", /'=' is not expected/],
    ["color == 'blue'", /'=' is not expected at position 7/],
    ["color = 'blue", /''blue' is not expected/],
    ["color BETWEEN 'a' AND 'b'", /'BETWEEN' is not expected/],
    ['upper(color) = 1', /the function 'upper' is not supported/],
    ['other.color = 1', /'other' is no scope/],
    ['sys.Size > 5', /the system property 'sys.Size' is not supported/],
    ['5 IS NULL', /IS NULL takes a property/],
    ['EXISTS(5)', /EXISTS takes a property/],
    ['color LIKE', /ends too early/],
    ['color IN ()', /'\)' is not expected/],
    ["color NOT = 'x'", /'=' is not expected/],
    ['a = 1; DROP TABLE x', /'; DROP TABLE x' is not expected/],
    [`${'('.repeat(100)}a = 1${')'.repeat(100)}`, /nested too deeply/],
    [`${'NOT '.repeat(100)}a = 1`, /nested too deeply/],
    [`color = '${'x'.repeat(1024)}'`, /longer than 1024 characters/],
  ];
  for (const [expression, reason] of refused) {
    it(`${expression.slice(0, 40) || 'nothing'} is refused by name`, () => {
      assert.throws(
        () => parseSqlFilter(expression),
        (error) => error instanceof FilterSyntaxError && reason.test(error.message),
      );
    });
  }

  it('matches a long text in reasonable time, however many % the pattern has', () => {
    const text = 'a'.repeat(20_000);
    const content = MessageContent.parse(encodeTestMessage('b', { properties: { text } }));
    const filter = parseSqlFilter(`text LIKE '${'%a'.repeat(200)}b'`);
    const startedMs = performance.now();
    assert.equal(filter(new MessageProperties(content)), false);
    assert.ok(performance.now() - startedMs < 1000);
  });
});
