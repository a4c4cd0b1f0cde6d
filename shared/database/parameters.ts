// Typed parameters: the only way of a value into a statement.
import type { ISqlType, Request } from 'mssql';

type Driver = typeof import('mssql');
type Value = string | number | Date | null;

/** A SQL type, named before the driver is loaded. */
export interface ParameterType {
  of(sql: Driver): ISqlType | (() => ISqlType);
}

export interface Parameter {
  readonly type: ParameterType;
  readonly value: Value;
}

/** By name, without @. */
export type Inputs = Readonly<Record<string, Parameter>>;
export type Outputs = Readonly<Record<string, ParameterType>>;

/** `length` counts UTF-16 units, as SQL Server does. */
export const nvarcharType = (length: number): ParameterType => ({
  of: (sql) => sql.NVarChar(length),
});
export const intType: ParameterType = { of: (sql) => sql.Int };
const uniqueidentifierType: ParameterType = { of: (sql) => sql.UniqueIdentifier };
const datetime2Type: ParameterType = { of: (sql) => sql.DateTime2(7) };

export const nvarchar = (length: number, value: string | null): Parameter => ({
  type: nvarcharType(length),
  value,
});
export const int = (value: number): Parameter => ({ type: intType, value });
/** `value`: a GUID in any case. */
export const uniqueidentifier = (value: string): Parameter => ({
  type: uniqueidentifierType,
  value,
});
/** In UTC. */
export const datetime2 = (value: Date | null): Parameter => ({ type: datetime2Type, value });

export function addParameters(
  request: Request,
  sql: Driver,
  inputs: Inputs,
  outputs: Outputs = {},
): void {
  for (const [name, { type, value }] of Object.entries(inputs)) {
    request.input(name, type.of(sql), value);
  }
  for (const [name, type] of Object.entries(outputs)) request.output(name, type.of(sql));
}
