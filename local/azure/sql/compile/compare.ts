// Comparisons: both sides become one type, and its key where the stored value is not comparable.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import { sameName } from '../catalogue/names.ts';
import { commonType, isText } from '../values/type-rules.ts';
import { castTo } from './cast.ts';
import type { Collation } from './collations.ts';
import { collationOf, type Typed } from './typed.ts';

/** What two values of one type are equal by, and sorted by. */
export function keySql(sql: string, type: SqlType, collation: Collation): string {
  switch (type.name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return `${collation.key}(${sql})`;
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return `t_exact(${sql})`;
    case 'datetimeoffset':
      return `t_utc(${sql})`;
    case 'binary':
    case 'varbinary':
      return `t_bytes(${sql})`;
    default:
      return sql;
  }
}

/** Where order is meant and not only equality. */
export function orderSql(sql: string, type: SqlType, collation: Collation): string {
  return type.name === 'uniqueidentifier' ? `t_guid(${sql})` : keySql(sql, type, collation);
}

export const keyOf = (value: Typed): string => keySql(value.sql, value.type, collationOf(value));
export const orderKeyOf = (value: Typed): string =>
  orderSql(value.sql, value.type, collationOf(value));

/** The type that all have in common; that of typed ones, where some are NULL. */
export function commonTypeOf(values: readonly Typed[]): SqlType {
  const typed = values.filter(({ isUntyped }) => !isUntyped);
  const [first = values[0], ...others] = typed;
  if (!first) throw new Error('no values');
  return others.reduce((type, value) => commonType(type, value.type), first.type);
}

/**
 * The one that was said by COLLATE, or else that of columns; two that differ are an error.
 * https://learn.microsoft.com/sql/t-sql/statements/collation-precedence-transact-sql. Throws SqlError 468.
 */
export function commonCollation(values: readonly Typed[]): Collation | undefined {
  const said = values.flatMap(({ collation, type }) =>
    collation && isText(type) ? [collation] : [],
  );
  const explicit = said.filter(({ isExplicit }) => isExplicit);
  const [first, ...others] = explicit.length > 0 ? explicit : said;
  const other = others.find(({ name }) => !sameName(name, first?.name ?? ''));
  if (first && other) {
    throw new SqlError(
      468,
      `Cannot resolve the collation conflict between "${first.name}" and "${other.name}" in the equal to operation.`,
      16,
      9,
    );
  }
  return first;
}

/** All of one type. Throws SqlError 206, 257, 468. */
export function unify(values: readonly Typed[]): readonly Typed[] {
  const type = commonTypeOf(values);
  const collation = isText(type) ? commonCollation(values) : undefined;
  return values.map((value) => ({ ...castTo(value, type), ...(collation && { collation }) }));
}

/** `operator` of SQLite: `=`, `<>`, `<`, `IS`. Throws SqlError. */
export function compareSql(operator: string, left: Typed, right: Typed): string {
  const [a, b] = unify([left, right]) as [Typed, Typed];
  const isOrder = operator.startsWith('<') || operator.startsWith('>');
  const key = isOrder && operator !== '<>' ? orderKeyOf : keyOf;
  return `(${key(a)} ${operator} ${key(b)})`;
}
