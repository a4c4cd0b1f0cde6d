import { SqlError } from '../../../tds/sql-error.ts';
import { castTo } from '../cast.ts';
import { commonCollation, compareSql, orderKeyOf, unify } from '../compare.ts';
import type { Typed } from '../typed.ts';
import { type BuiltIn, fixed, int, nvarchar } from './built-in.ts';

const collated = (values: readonly Typed[]) => {
  const collation = commonCollation(values);
  return collation ? { collation } : {};
};

/** The type of the first argument, unlike COALESCE. */
const isNull: BuiltIn = {
  arguments: [2, 2],
  compile: ([first, second]) => {
    const [value, instead] = [first as Typed, second as Typed];
    const type = value.isUntyped ? instead.type : value.type;
    const other = castTo(instead, type, { isExplicit: true });
    return {
      sql: `ifnull(${value.sql}, ${other.sql})`,
      type,
      nullable: value.nullable && instead.nullable,
      ...collated([value, instead]),
    };
  },
};

const coalesce: BuiltIn = {
  arguments: [2, Number.POSITIVE_INFINITY],
  compile: (values) => {
    if (values.every(({ isUntyped }) => isUntyped)) {
      throw new SqlError(
        4127,
        'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.',
      );
    }
    const unified = unify(values) as [Typed, ...Typed[]];
    return {
      sql: `coalesce(${unified.map(({ sql }) => sql).join(', ')})`,
      type: unified[0].type,
      nullable: unified.every(({ nullable }) => nullable),
      ...collated(values),
    };
  },
};

const nullIf: BuiltIn = {
  arguments: [2, 2],
  compile: ([first, second]) => {
    const value = first as Typed;
    const { column: _column, literal: _literal, ...rest } = value;
    return {
      ...rest,
      sql: `CASE WHEN ${compareSql('=', value, second as Typed)} THEN NULL ELSE ${value.sql} END`,
      nullable: true,
    };
  },
};

const choose: BuiltIn = {
  arguments: [2, Number.POSITIVE_INFINITY],
  compile: ([first, ...values]) => {
    const unified = unify(values) as [Typed, ...Typed[]];
    const index = castTo(first as Typed, int).sql;
    const branches = unified.map(({ sql }, position) => `WHEN ${position + 1} THEN ${sql}`);
    return {
      sql: `CASE ${index} ${branches.join(' ')} END`,
      type: unified[0].type,
      nullable: true,
      ...collated(values),
    };
  },
};

/** GREATEST and LEAST: by the order of ORDER BY; NULL is left out. */
const extreme = (direction: 'ASC' | 'DESC'): BuiltIn => ({
  arguments: [1, 254],
  compile: (values) => {
    const unified = unify(values) as [Typed, ...Typed[]];
    const rows = unified.map((value) => `SELECT ${value.sql} AS v, ${orderKeyOf(value)} AS k`);
    return {
      sql: `(SELECT v FROM (${rows.join(' UNION ALL ')}) WHERE v IS NOT NULL ORDER BY k ${direction} LIMIT 1)`,
      type: unified[0].type,
      nullable: unified.every(({ nullable }) => nullable),
      ...collated(values),
    };
  },
});

/** Asked of the text; a number is one. */
const test = (sqlName: string): BuiltIn => ({
  arguments: [1, 1],
  compile: ([value]) => ({
    sql: `${sqlName}(${castTo(value as Typed, nvarchar(4_000), { isExplicit: true }).sql})`,
    type: int,
    nullable: false,
  }),
});

export const conversionFunctions: Readonly<Record<string, BuiltIn>> = {
  ISNULL: isNull,
  COALESCE: coalesce,
  NULLIF: nullIf,
  CHOOSE: choose,
  GREATEST: extreme('DESC'),
  LEAST: extreme('ASC'),
  ISNUMERIC: test('f_isnumeric'),
  ISDATE: test('f_isdate'),
  NEWID: fixed('t_newid', [], { name: 'uniqueidentifier' }, { nullable: false }),
};
