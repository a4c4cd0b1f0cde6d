// Random trees of expressions, conditions and queries, as the parser makes them.
import fc from 'fast-check';
import type { Condition, Expression } from '../../../../../local/azure/sql/tsql/ast/expression.ts';
import type { Query, TableSource } from '../../../../../local/azure/sql/tsql/ast/query.ts';

const place = { line: 1, start: 0 };
const name = fc.oneof(
  fc.constantFrom('a', 'Order', 'select', "it's", 'x]y', 'with blank', 'é'),
  fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
);
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constant({ kind: 'null', ...place } as const),
  fc
    .constantFrom('0', '1', '1.50', '1e5', '12345678901234567890')
    .map((digits) => ({ kind: 'number', digits, ...place }) as const),
  fc
    .record({
      value: fc.string().map((text) => text.replaceAll('\\', '')),
      isNational: fc.boolean(),
    })
    .map((text) => ({ kind: 'string', ...text, ...place }) as const),
  fc
    .uint8Array({ maxLength: 5 })
    .map((value) => ({ kind: 'binary', value: new Uint8Array(value), ...place }) as const),
  fc
    .constantFrom('@a', '@@ROWCOUNT')
    .map((variable) => ({ kind: 'variable', name: variable, ...place }) as const),
  name.map((column) => ({ kind: 'column', name: column, ...place }) as const),
  fc
    .record({ schema: name, table: name, name })
    .map((column) => ({ kind: 'column', ...column, ...place }) as const),
);

const trees = fc.letrec<{
  expression: Expression;
  condition: Condition;
  query: Query;
  source: TableSource;
}>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small', depthIdentifier: 'tree' },
    leaf,
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('-', '+', '~'),
      operand: tie('expression'),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('binaryOperation' as const),
      operator: fc.constantFrom('+', '-', '*', '/', '%', '&', '|', '^'),
      left: tie('expression'),
      right: tie('expression'),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('ABS', 'COALESCE', 'LEFT', 'F'),
      arguments: fc.array(tie('expression'), { maxLength: 3 }),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('cast' as const),
      operand: tie('expression'),
      type: fc.constantFrom(
        { name: 'int' } as const,
        { name: 'nvarchar', length: 'max' } as const,
        { name: 'decimal', precision: 9, scale: 2 } as const,
      ),
      isTry: fc.boolean(),
      ...places(),
    }),
    fc.record({ kind: fc.constant('subquery' as const), query: tie('query'), ...places() }),
    fc.record({
      kind: fc.constant('collate' as const),
      operand: tie('expression'),
      collation: fc.constant('Latin1_General_BIN2'),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('case' as const),
      // biome-ignore lint/suspicious/noThenProperty: no function, so no promise either.
      branches: fc.array(fc.record({ when: tie('condition'), then: tie('expression') }), {
        minLength: 1,
        maxLength: 2,
      }),
      otherwise: tie('expression'),
      ...places(),
    }),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small', depthIdentifier: 'tree' },
    fc.record({
      kind: fc.constant('comparison' as const),
      operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      left: tie('expression'),
      right: tie('expression'),
      ...places(),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('condition'),
      right: tie('condition'),
      ...places(),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('condition'), ...places() }),
    fc.record({
      kind: fc.constant('isNull' as const),
      operand: tie('expression'),
      negated: fc.boolean(),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('between' as const),
      operand: tie('expression'),
      low: tie('expression'),
      high: tie('expression'),
      negated: fc.boolean(),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      operand: tie('expression'),
      list: fc.oneof(fc.array(tie('expression'), { minLength: 1, maxLength: 3 }), tie('query')),
      negated: fc.boolean(),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('like' as const),
      operand: tie('expression'),
      pattern: tie('expression'),
      negated: fc.boolean(),
      ...places(),
    }),
    fc.record({ kind: fc.constant('exists' as const), query: tie('query'), ...places() }),
  ),
  source: fc.oneof(
    { maxDepth: 3, depthSize: 'small', depthIdentifier: 'tree' },
    fc.record({
      kind: fc.constant('table' as const),
      name: name.map((table) => ({ name: table, ...place })),
      hints: fc.constantFrom([], ['NOLOCK', 'UPDLOCK']),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('derived' as const),
      query: tie('query'),
      alias: name,
      ...places(),
    }),
    fc.record({
      kind: fc.constant('join' as const),
      type: fc.constantFrom('inner' as const, 'left' as const, 'full' as const),
      left: tie('source'),
      right: tie('source'),
      on: tie('condition'),
      ...places(),
    }),
    fc.record({
      kind: fc.constant('join' as const),
      type: fc.constant('cross' as const),
      left: tie('source'),
      right: tie('source'),
      ...places(),
    }),
  ),
  query: fc
    .record({
      distinct: fc.boolean(),
      items: fc.array(
        fc.record({
          kind: fc.constant('item' as const),
          expression: tie('expression'),
          alias: name,
          ...places(),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      from: fc.array(tie('source'), { maxLength: 2 }),
      groupBy: fc.array(tie('expression'), { maxLength: 2 }),
    })
    .map((select) => ({
      with: [],
      body: { kind: 'select' as const, ...select, ...place },
      orderBy: [],
      ...place,
    })),
}));

function places() {
  return { line: fc.constant(1), start: fc.constant(0) };
}

export const arbitraryExpression: fc.Arbitrary<Expression> = trees.expression;
export const arbitraryCondition: fc.Arbitrary<Condition> = trees.condition;
export const arbitraryQuery: fc.Arbitrary<Query> = trees.query;
