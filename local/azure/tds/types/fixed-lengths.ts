/** Bytes of a value on the wire, of types whose values all have the same. [MS-TDS 2.2.5.4.1] */
export const fixedLengths = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  real: 4,
  float: 8,
  smallmoney: 4,
  money: 8,
  smalldatetime: 4,
  datetime: 8,
  uniqueidentifier: 16,
} as const;
