import type { Column } from '../../tds/sql-session.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { type Collation, defaultCollation } from './collations.ts';

/** A SQLite expression whose value is stored as `type` says. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Of text. */
  readonly collation?: Collation;
  /** A constant: known now. */
  readonly literal?: SqlValue;
  /** `NULL` without a type of its own. */
  readonly isUntyped?: boolean;
  /** The column itself, for names and metadata. */
  readonly column?: { readonly name: string; readonly identity?: boolean };
}

export interface NamedItem extends Typed {
  /** Empty for an expression without alias. */
  readonly name: string;
}

export const collationOf = ({ collation }: Typed): Collation => collation ?? defaultCollation;

export function toColumn({ name, type, nullable, column }: NamedItem): Column {
  return { name, type, nullable, ...(column?.identity && { identity: true }) };
}
