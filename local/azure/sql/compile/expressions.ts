// Expressions: names bound, types known, in SQLite's words.
import { SqlError } from '../../tds/sql-error.ts';
import type { Expression } from '../tsql/ast/expression.ts';
import { isCondition } from '../tsql/ast/is-condition.ts';
import { isText } from '../values/type-rules.ts';
import { isAggregate } from './aggregate-names.ts';
import { compileAggregate } from './aggregates.ts';
import { invertBits, negate, operate } from './arithmetic.ts';
import { momentTypeAtZone } from './at-time-zone.ts';
import { at } from './bind-error.ts';
import { compileCall } from './built-ins.ts';
import { castTo } from './cast.ts';
import { collationNamed } from './collations.ts';
import { compareSql, unify } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { compileCondition } from './conditions.ts';
import { globalVariable } from './globals.ts';
import { binaryLiteral, numberLiteral, textLiteral, untypedNull } from './literals.ts';
import type { SourceScope } from './sources.ts';
import { compileScalarQuery } from './subqueries.ts';
import type { Typed } from './typed.ts';

/** Throws SqlError with the line of what is wrong. */
export function compileExpression(
  node: Expression,
  scope: SourceScope,
  compilation: Compilation,
): Typed {
  try {
    return within(compileNode(node, scope, compilation));
  } catch (error) {
    throw error instanceof SqlError ? at(error, node) : error;
  }
}

/** Some parts stand more than once in SQLite's words (BETWEEN, NULLIF): nested, they double each time. */
const MOST_CHARACTERS = 500_000;

function within(typed: Typed): Typed {
  if (typed.sql.length <= MOST_CHARACTERS) return typed;
  throw new SqlError(
    8632,
    'Internal error: An expression services limit has been reached. Please look for potentially complex expressions in your query, and try to simplify them.',
    17,
    2,
  );
}

function compileNode(node: Expression, scope: SourceScope, compilation: Compilation): Typed {
  const grouped = groupedWhole(node, scope, compilation);
  if (grouped) return grouped;
  const compile = (each: Expression) => compileExpression(each, scope, compilation);
  switch (node.kind) {
    case 'null':
      return untypedNull;
    case 'number':
      return numberLiteral(node.digits);
    case 'string':
      return textLiteral(node.value, node.isNational);
    case 'binary':
      return binaryLiteral(node.value);
    case 'variable':
      return node.name.startsWith('@@')
        ? globalVariable(node.name, node, compilation)
        : compilation.variable(node.name, node);
    case 'column':
      return scope.column(node.name, node.table, node.schema, node);
    case 'unary': {
      const operand = compile(node.operand);
      if (node.operator === '+') return operand;
      return node.operator === '-' ? negate(operand) : invertBits(operand);
    }
    case 'binaryOperation':
      return operate(node.operator, compile(node.left), compile(node.right));
    case 'call':
      if (isAggregate(node)) return compileAggregate(node, scope, compilation);
      return compileCall(node, scope, compilation);
    case 'datePart':
      throw new SqlError(207, `Invalid column name '${node.part}'.`);
    case 'cast':
      return castTo(compile(node.operand), node.type, {
        isExplicit: true,
        isTry: node.isTry,
        ...(node.style && { style: castTo(compile(node.style), { name: 'int' }) }),
      });
    case 'case':
      return compileCase(node, scope, compilation);
    case 'subquery':
      return compileScalarQuery(node.query, scope, compilation);
    case 'collate': {
      const operand = compile(node.operand);
      if (!isText(operand.type)) {
        throw new SqlError(
          447,
          `Expression type ${operand.type.name} is invalid for COLLATE clause.`,
        );
      }
      return {
        ...operand,
        collation: { ...collationNamed(node.collation, node.line), isExplicit: true },
      };
    }
    default:
      return momentTypeAtZone(compile(node.operand), compile(node.zone));
  }
}

const canBeKey: ReadonlySet<Expression['kind']> = new Set([
  'binaryOperation',
  'call',
  'case',
  'cast',
  'unary',
]);

/** An expression that is grouped by as a whole. */
function groupedWhole(
  node: Expression,
  scope: SourceScope,
  compilation: Compilation,
): Typed | undefined {
  const { grouping } = scope;
  if (!grouping || scope.isInAggregate || !canBeKey.has(node.kind)) return undefined;
  if (node.kind === 'call' && isAggregate(node)) return undefined;
  scope.grouping = undefined;
  try {
    const typed = compileNode(node, scope, compilation);
    return grouping.keys.has(typed.sql) ? typed : undefined;
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  } finally {
    scope.grouping = grouping;
  }
}

function compileCase(
  node: Extract<Expression, { kind: 'case' }>,
  scope: SourceScope,
  compilation: Compilation,
): Typed {
  const compile = (each: Expression) => compileExpression(each, scope, compilation);
  const results = [
    ...node.branches.map(({ then }) => compile(then)),
    ...(node.otherwise ? [compile(node.otherwise)] : []),
  ];
  if (results.every(({ isUntyped }) => isUntyped)) {
    throw new SqlError(
      8133,
      'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.',
    );
  }
  const unified = unify(results);
  const input = node.input && compile(node.input);
  const branches = node.branches.map(({ when }, index) => {
    const condition = isCondition(when)
      ? compileCondition(when, scope, compilation)
      : compareSql('=', input as Typed, compile(when));
    return `WHEN ${condition} THEN ${unified[index]?.sql}`;
  });
  const [first] = unified as [Typed];
  const otherwise = node.otherwise ? ` ELSE ${unified.at(-1)?.sql}` : '';
  return {
    sql: `CASE ${branches.join(' ')}${otherwise} END`,
    type: first.type,
    nullable: node.otherwise === undefined || unified.some(({ nullable }) => nullable),
    ...(first.collation && { collation: first.collation }),
  };
}
