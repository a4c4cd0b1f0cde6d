// The types of values that travel in TDS, and how the rest of the embedded Azure holds them.

/** A SQL Server type with its size, as in `sys.types`. */
export type SqlType = NumberType | DecimalType | TimeType | StringType | GuidType;

export interface NumberType {
  readonly name:
    | 'bit'
    | 'tinyint'
    | 'smallint'
    | 'int'
    | 'bigint'
    | 'real'
    | 'float'
    | 'money'
    | 'smallmoney';
}

export interface DecimalType {
  readonly name: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

export type TimeType = PlainTimeType | ScaledTimeType;

export interface PlainTimeType {
  readonly name: 'date' | 'smalldatetime' | 'datetime';
}

/** `scale` counts digits after the second, 0 to 7. */
export interface ScaledTimeType {
  readonly name: 'time' | 'datetime2' | 'datetimeoffset';
  readonly scale: number;
}

/** `length` counts characters (UTF-16 units), bytes of the binary types. */
export interface StringType {
  readonly name: 'char' | 'varchar' | 'nchar' | 'nvarchar' | 'binary' | 'varbinary';
  readonly length: number | 'max';
}

export interface GuidType {
  readonly name: 'uniqueidentifier';
}

/**
 * One value, held by type:
 * bit 0 or 1; tinyint, smallint, int, real, float a number; bigint a bigint;
 * decimal, money, smallmoney decimal text with as many digits after the point as the scale (`-12.340`);
 * character types a string; binary types bytes; uniqueidentifier upper-case text with dashes;
 * date `2026-11-25`; time `23:59:59.1234567`; smalldatetime, datetime, datetime2 `2026-11-25 23:59:59.1234567`
 * (0, 3, scale digits); datetimeoffset the same, local time, then ` +01:00`.
 */
export type SqlValue = null | number | bigint | string | Uint8Array;
