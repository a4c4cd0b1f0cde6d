// Conversions between expressions: as little SQL as the two types need.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType, StringType } from '../../tds/sql-type.ts';
import { requireConversion } from '../values/conversion-rules.ts';
import { convert } from '../values/convert.ts';
import { isText, kindOf, lengthOf } from '../values/type-rules.ts';
import { typeText } from '../values/type-text.ts';
import { constant, textSql } from './literals.ts';
import type { Typed } from './typed.ts';

export interface CastOptions {
  readonly isExplicit?: boolean;
  /** NULL instead of an error. */
  readonly isTry?: boolean;
  /** CONVERT's, as SQL. */
  readonly style?: Typed;
}

/** Throws SqlError 206, 257, 529 where there is no such conversion. */
export function castTo(value: Typed, type: SqlType, options: CastOptions = {}): Typed {
  const { isExplicit = false, isTry = false, style } = options;
  if (value.isUntyped) return { ...value, type, isUntyped: false };
  requireConversion(value.type, type, isExplicit);
  const nullable = value.nullable || isTry;
  const rest = isText(type) && value.collation ? { collation: value.collation } : {};
  if (style === undefined && keepsForm(value.type, type)) {
    const { column: _column, ...same } = value;
    return { ...same, type, nullable };
  }
  const folded = foldConstant(value, type, options);
  if (folded) return folded;
  if (style === undefined && isCut(value.type, type)) {
    return { sql: `substr(${value.sql}, 1, ${lengthOf(type)})`, type, nullable, ...rest };
  }
  const route = textSql(`${typeText(value.type)}>${typeText(type)}`);
  const name = isTry ? 't_try_convert' : 't_convert';
  const styleSql = style ? `, ${style.sql}` : '';
  return { sql: `${name}(${value.sql}, ${route}${styleSql})`, type, nullable, ...rest };
}

/** Whether a value of the one is the same stored value of the other. */
function keepsForm(from: SqlType, to: SqlType): boolean {
  if (typeText(from) === typeText(to)) return true;
  const [source, target] = [kindOf(from), kindOf(to)];
  if (source !== target)
    return source === 'integer' && target === 'float' && from.name !== 'bigint';
  switch (source) {
    case 'integer':
      return to.name !== 'bit' && integerRank(from) <= integerRank(to);
    case 'float':
      return to.name === 'float';
    case 'text':
      // char columns hold their blanks already; a code page may lose characters.
      return keepsText(from as StringType, to as StringType);
    case 'binary':
      return to.name === 'varbinary' && fits(from as StringType, to as StringType);
    default:
      return false;
  }
}

const integerRank = ({ name }: SqlType) =>
  ['bit', 'tinyint', 'smallint', 'int', 'bigint'].indexOf(name);

function keepsText(from: StringType, to: StringType): boolean {
  const isPadding = to.name === 'char' || to.name === 'nchar';
  const narrows = from.name.startsWith('n') && !to.name.startsWith('n');
  return !isPadding && !narrows && fits(from, to);
}

function fits(from: StringType, to: StringType): boolean {
  return to.length === 'max' || (from.length !== 'max' && from.length <= to.length);
}

function isCut(from: SqlType, to: SqlType): boolean {
  if (kindOf(from) !== 'text' || kindOf(to) !== 'text' || lengthOf(to) === 'max') return false;
  const isPadding = to.name === 'char' || to.name === 'nchar';
  return !isPadding && !(from.name.startsWith('n') && !to.name.startsWith('n'));
}

function foldConstant(
  value: Typed,
  type: SqlType,
  { isTry, style }: CastOptions,
): Typed | undefined {
  if (value.literal === undefined || style?.literal === null) return undefined;
  if (style && typeof style.literal !== 'number') return undefined;
  try {
    const converted = convert(
      value.literal,
      value.type,
      type,
      style?.literal as number | undefined,
    );
    return { ...constant(converted, type), ...(value.collation && { collation: value.collation }) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // Only an error if it is ever evaluated.
    return isTry ? constant(null, type) : undefined;
  }
}
