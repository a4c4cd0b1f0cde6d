import type { Value, ValueType } from './values.ts';

export type Row = Readonly<Record<string, Value>>;

export interface Column {
  readonly name: string;
  readonly type: ValueType;
}

/** A part of a query that has a value for each row. */
export interface Expression {
  readonly type: ValueType;
  /** What KQL calls the column that a bare path makes: `properties_changeType`; absent for what has no name. */
  readonly impliedName?: string;
  evaluate(row: Row): Value;
}
