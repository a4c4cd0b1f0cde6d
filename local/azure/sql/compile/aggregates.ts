// Aggregates and window functions.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { Expression, OrderItem, Window } from '../tsql/ast/expression.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';
import { nameOf } from '../values/conversion-errors.ts';
import {
  decimalOf,
  digitsOf,
  isNumber,
  isText,
  kindOf,
  mostCharacters,
} from '../values/type-rules.ts';
import { refusedAggregates, windowOnly } from './aggregate-names.ts';
import { castTo } from './cast.ts';
import { keyOf, orderKeyOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { textSql } from './literals.ts';
import type { SourceScope } from './sources.ts';
import type { Typed } from './typed.ts';

type Call = Extract<Expression, { kind: 'call' }>;

export function compileAggregate(call: Call, scope: SourceScope, compilation: Compilation): Typed {
  const { name, over } = call;
  if (refusedAggregates.has(name)) throw unsupportedFeature(`function ${name}`, call.line);
  if (windowOnly.has(name)) return compileWindowFunction(call, scope, compilation);
  requirePlace(scope, over !== undefined);
  const args = compileArguments(call, scope, compilation, over === undefined);
  const order = inAggregate(scope, () =>
    (call.withinGroup ?? []).map((item) => orderItemSql(item, scope, compilation)),
  );
  const result = aggregateOf(call, args, order);
  if (!over) return result;
  if (call.distinct) {
    throw new SqlError(10759, 'Use of DISTINCT is not allowed with the OVER clause.', 15);
  }
  const window = windowSql(over, scope, compilation);
  return { ...result, sql: result.sql.replaceAll('\u0001', ` OVER (${window})`) };
}

/** Throws SqlError 147, 1015, 144, 4108. */
function requirePlace({ clause, isInAggregate }: SourceScope, isWindow: boolean): void {
  if (!clause || isInAggregate) return;
  if (isWindow) {
    throw new SqlError(
      4108,
      'Windowed functions can only appear in the SELECT or ORDER BY clauses.',
      15,
    );
  }
  switch (clause) {
    case 'WHERE':
      throw new SqlError(
        147,
        'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
        15,
      );
    case 'ON':
      throw new SqlError(
        1015,
        'An aggregate cannot appear in an ON clause unless it is in a subquery contained in a HAVING clause or select list, and the column being aggregated is an outer reference.',
        15,
      );
    default:
      throw new SqlError(
        144,
        'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
        15,
      );
  }
}

/** Columns inside of an aggregate need not be grouped by. */
function compileArguments(
  call: Call,
  scope: SourceScope,
  compilation: Compilation,
  isGrouped: boolean,
): readonly Typed[] {
  if (isGrouped && scope.isInAggregate) {
    throw new SqlError(
      130,
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
      15,
    );
  }
  if (call.arguments === '*') return [];
  const nodes = call.arguments;
  const compile = () => nodes.map((each) => compilation.expression(each, scope));
  return isGrouped ? inAggregate(scope, compile) : compile();
}

function inAggregate<T>(scope: SourceScope, compile: () => T): T {
  const was = scope.isInAggregate;
  scope.isInAggregate = true;
  try {
    return compile();
  } finally {
    scope.isInAggregate = was;
  }
}

/** `\u0001` stands where OVER goes. */
function aggregateOf(call: Call, args: readonly Typed[], order: readonly string[]): Typed {
  const { name, distinct } = call;
  const isWindow = call.over !== undefined;
  const mark = isWindow ? '\u0001' : '';
  const [value] = args;
  const unique = distinct ? 'DISTINCT ' : '';
  if (name === 'COUNT' || name === 'COUNT_BIG') {
    const type: SqlType = { name: name === 'COUNT' ? 'int' : 'bigint' };
    const inner = value ? `${unique}${distinct ? keyOf(value) : value.sql}` : '*';
    return { sql: `count(${inner})${mark}`, type, nullable: false };
  }
  if (!value)
    throw new SqlError(174, `The ${name.toLowerCase()} function requires 1 argument(s).`, 15);
  const nullable = true;
  switch (name) {
    case 'SUM':
    case 'AVG':
      return { ...sumOf(name, value, unique, mark), nullable };
    case 'STRING_AGG':
      return { ...stringsOf(call, value, args[1], order), nullable };
    default:
      return { ...extremeOf(name, value, mark, call), nullable };
  }
}

function sumOf(name: string, value: Typed, unique: string, mark: string): Omit<Typed, 'nullable'> {
  const { type } = value;
  if (!isNumber(type) || type.name === 'bit') {
    throw new SqlError(
      8117,
      `Operand data type ${nameOf(type)} is invalid for ${name.toLowerCase()} operator.`,
    );
  }
  if (kindOf(type) === 'float')
    return { sql: `${name.toLowerCase()}(${unique}${value.sql})${mark}`, type: { name: 'float' } };
  const { scale } = digitsOf(type);
  const result = sumType(name, type);
  const spec = textSql(`${scale} ${'scale' in result ? result.scale : scale} ${result.name}`);
  if (kindOf(type) === 'integer' && name === 'SUM' && type.name !== 'bigint') {
    return { sql: `t_range(sum(${unique}${value.sql})${mark}, 'int')`, type: result };
  }
  // SQLite allows DISTINCT with one argument only.
  const args = unique === '' ? `${value.sql}, ${spec}` : `DISTINCT ${spec} || ' ' || ${value.sql}`;
  return { sql: `t_${name.toLowerCase()}(${args})${mark}`, type: result };
}

/** https://learn.microsoft.com/sql/t-sql/functions/avg-transact-sql and sum */
function sumType(name: string, type: SqlType): SqlType {
  if (kindOf(type) === 'integer') return { name: type.name === 'bigint' ? 'bigint' : 'int' };
  if (type.name !== 'decimal') return { name: 'money' };
  return name === 'SUM'
    ? { name: 'decimal', precision: 38, scale: type.scale }
    : decimalOf(38, Math.max(type.scale, 6));
}

function extremeOf(name: string, value: Typed, mark: string, call: Call): Omit<Typed, 'nullable'> {
  const { type, collation } = value;
  const result = { type, ...(collation && { collation }) };
  if (type.name === 'bit')
    throw new SqlError(
      8117,
      `Operand data type bit is invalid for ${name.toLowerCase()} operator.`,
    );
  const key = orderKeyOf(value);
  if (key === value.sql) return { ...result, sql: `${name.toLowerCase()}(${value.sql})${mark}` };
  if (mark !== '')
    throw unsupportedFeature(`function ${name} of ${type.name} with OVER`, call.line);
  return { ...result, sql: `t_${name.toLowerCase()}(${value.sql}, ${key})` };
}

function stringsOf(
  call: Call,
  value: Typed,
  separator: Typed | undefined,
  order: readonly string[],
): Omit<Typed, 'nullable'> {
  if (!separator) throw new SqlError(174, 'The string_agg function requires 2 argument(s).', 15);
  if (call.over) {
    throw new SqlError(
      4113,
      "The function 'STRING_AGG' is not a valid windowing function, and cannot be used with the OVER clause.",
    );
  }
  const text = isText(value.type) ? value : castTo(value, { name: 'nvarchar', length: 4_000 });
  const isMax = 'length' in text.type && text.type.length === 'max';
  const type = {
    name: text.type.name,
    length: isMax ? 'max' : mostCharacters(text.type),
  } as SqlType;
  return {
    sql: `group_concat(${text.sql}, ${separator.sql}${order.length > 0 ? ` ORDER BY ${order.join(', ')}` : ''})`,
    type,
    ...(text.collation && { collation: text.collation }),
  };
}

function compileWindowFunction(call: Call, scope: SourceScope, compilation: Compilation): Typed {
  const { name, over } = call;
  if (!over) {
    throw new SqlError(10753, `The function '${name}' must have an OVER clause.`, 15);
  }
  requirePlace(scope, true);
  if (over.orderBy.length === 0) {
    throw new SqlError(4112, `The function '${name}' must have an OVER clause with ORDER BY.`);
  }
  const args = (call.arguments === '*' ? [] : call.arguments).map((each) =>
    compilation.expression(each, scope),
  );
  const window = windowSql(over, scope, compilation);
  const [value] = args;
  if (!value || name === 'NTILE') {
    const inner = name === 'NTILE' && value ? value.sql : '';
    return {
      sql: `${name.toLowerCase()}(${inner}) OVER (${window})`,
      type: { name: 'bigint' },
      nullable: false,
    };
  }
  const inner = args
    .map((each, index) => (index === 2 ? castTo(each, value.type) : each).sql)
    .join(', ');
  return { ...value, sql: `${name.toLowerCase()}(${inner}) OVER (${window})`, nullable: true };
}

function windowSql(
  { partitionBy, orderBy, frame }: Window,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const parts: string[] = [];
  if (partitionBy.length > 0) {
    parts.push(
      `PARTITION BY ${partitionBy.map((each) => keyOf(compilation.expression(each, scope))).join(', ')}`,
    );
  }
  if (orderBy.length > 0)
    parts.push(
      `ORDER BY ${orderBy.map((item) => orderItemSql(item, scope, compilation)).join(', ')}`,
    );
  if (frame) parts.push(frame);
  return parts.join(' ');
}

function orderItemSql(
  { expression, descending }: OrderItem,
  scope: SourceScope,
  compilation: Compilation,
): string {
  return `${orderKeyOf(compilation.expression(expression, scope))}${descending ? ' DESC' : ''}`;
}
