import type { SqlType } from '../../tds/sql-type.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';
import { castTo } from './cast.ts';
import type { Typed } from './typed.ts';

/** `AT TIME ZONE 'UTC'`: no other zone is known. */
export function momentTypeAtZone(value: Typed, zone: Typed): Typed {
  if (typeof zone.literal !== 'string' || zone.literal.toUpperCase() !== 'UTC') {
    throw unsupportedFeature("AT TIME ZONE other than 'UTC'", 1);
  }
  const scale = 'scale' in value.type && value.type.name !== 'decimal' ? value.type.scale : 3;
  const type: SqlType = { name: 'datetimeoffset', scale };
  if (value.type.name !== 'datetimeoffset') return castTo(value, type);
  return { sql: `f_switchoffset(${value.sql}, '+00:00')`, type, nullable: value.nullable };
}
