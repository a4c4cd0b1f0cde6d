import type { SqlType } from '../../../tds/sql-type.ts';
import { castTo } from '../cast.ts';
import type { Compilation } from '../compilation.ts';
import type { Typed } from '../typed.ts';

export interface CallSite {
  readonly compilation: Compilation;
  readonly name: string;
  /** First argument of DATEADD and the like. */
  readonly part?: string;
}

export interface BuiltIn {
  /** Fewest and most arguments, a date part among them. */
  readonly arguments: readonly [number, number];
  /** Throws SqlError. */
  compile(values: readonly Typed[], site: CallSite): Typed;
}

export const int: SqlType = { name: 'int' };
export const bigint: SqlType = { name: 'bigint' };
export const float: SqlType = { name: 'float' };
export const sysname: SqlType = { name: 'nvarchar', length: 128 };
export const nvarchar = (length: number | 'max'): SqlType => ({ name: 'nvarchar', length });

/** Whether any value may be NULL, which makes the result NULL. */
export const anyNullable = (values: readonly Typed[]): boolean =>
  values.some(({ nullable }) => nullable);

export function call(name: string, values: readonly Typed[]): string {
  return `${name}(${values.map(({ sql }) => sql).join(', ')})`;
}

/** A function of fixed types: arguments are converted to them. */
export function fixed(
  sqlName: string,
  parameters: readonly SqlType[],
  result: SqlType,
  { optional = 0, nullable }: { optional?: number; nullable?: boolean } = {},
): BuiltIn {
  return {
    arguments: [parameters.length - optional, parameters.length],
    compile: (values) => {
      const converted = values.map((value, index) => castTo(value, parameters[index] as SqlType));
      return {
        sql: call(sqlName, converted),
        type: result,
        nullable: nullable ?? anyNullable(values),
      };
    },
  };
}
