// What is not in the served part of KQL is refused in Resource Graph's own form, naming the token.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openResourceManager, subscriptionId } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const url = '/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01';

async function refusalOf(query: string) {
  const answer = await arm.call('POST', url, { body: { subscriptions: [subscriptionId], query } });
  assert.equal(answer.status, 400, `${query}: ${answer.text}`);
  return { ...answer.body.error, headers: answer.headers };
}

/** The two recorded ones, to the letter: [R46] and azure-cli-extensions' test_query_error. */
for (const [query, position] of [
  ['project id, location | where where', 34],
  ['where where', 11],
] as const) {
  it(`${query}: the recorded refusal`, async () => {
    const { headers, ...error } = await refusalOf(query);
    assert.match(
      error.message,
      /^Please provide below info when asking for support: timestamp = \d{4}-\d\d-\d\dT[\d:]+\.\d{7}Z, correlationId = [0-9a-f-]{36}\.$/,
    );
    assert.ok(error.message.includes(headers['x-ms-correlation-request-id']));
    assert.equal(error.code, 'BadRequest');
    assert.deepEqual(error.details, [
      {
        code: 'InvalidQuery',
        message:
          'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
      },
      {
        code: 'ParserFailure',
        message: 'ParserFailure',
        line: 1,
        characterPositionInLine: position,
        token: '<EOF>',
        expectedToken: '\u01CF',
      },
    ]);
    assert.equal(headers['x-ms-user-quota-remaining'], '14');
    assert.equal(headers['x-ms-failure-cause'], undefined);
  });
}

const failures: readonly (readonly [
  query: string,
  token: string,
  line: number,
  column?: number,
])[] = [
  ['resources | where\nname <', '<EOF>', 2, 6],
  ['resources\n| where type == <vault>', '<', 2, 16],
  ["resources | where name == 'x' extend a = 1", 'extend', 1, 30],
  ['resources | where nothing == 1', 'nothing', 1, 18],
  ['resources | where constructor == 1', 'constructor', 1, 18],
  ["resources | where name constructor 'x'", 'constructor', 1, 23],
  ['resources | shuffle by name', 'shuffle', 1, 12],
  ['resources | constructor', 'constructor', 1, 12],
  ['resources | limit many', 'many', 1, 18],
  ['resources | order name', 'name', 1, 18],
  ['resources | project-away nothing', 'nothing', 1, 25],
  ['resources | where tostring() == 1', 'tostring', 1, 18],
  ['| project name', '|', 1],
  ['resources | where name == "x', '"', 1, 26],
  [`resources | where ${'('.repeat(100_000)}`, '(', 1, 118],
  ['resources | where properties.t > ago(1d)', '>', 1, 31],
];
for (const [query, token, line, column] of failures) {
  it(`${query.slice(0, 60)}: a parser failure at ${token}`, async () => {
    const { code, details } = await refusalOf(query);
    assert.equal(code, 'BadRequest');
    assert.deepEqual(
      details.map((detail: { code: string }) => detail.code),
      ['InvalidQuery', 'ParserFailure'],
    );
    const failure = details[1];
    assert.deepEqual(
      [failure.token, failure.line, failure.characterPositionInLine],
      [token, line, column],
    );
  });
}

for (const [query, token] of [
  ["Resources | parse id with * '/providers/' provider '/' rest", 'parse'],
  ['resources | join (resourcecontainers) on subscriptionId', 'join'],
  ['resources | mv-expand tags', 'mv-expand'],
  ['union resources, resourcecontainers', 'union'],
  ['resources | where bag_keys(tags) == 1', 'bag_keys'],
  ['resources | summarize make_list(name) by type', 'make_list'],
] as const) {
  it(`${query}: not in the language, by name`, async () => {
    const { details } = await refusalOf(query);
    assert.deepEqual(details[1], {
      code: 'InvalidQueryLanguage',
      message: 'InvalidQueryLanguage',
      line: -1,
      characterPositionInLine: -1,
      token,
    });
  });
}

it('a table that is not served is disallowed by name', async () => {
  const { details } = await refusalOf('AppServiceResources | count');
  assert.deepEqual(details, [
    {
      code: 'DisallowedLogicalTableName',
      message: 'Table AppServiceResources is invalid, unsupported or disallowed.',
    },
  ]);
});
