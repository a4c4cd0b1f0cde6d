/** What SQLite gives and takes; whole numbers arrive as bigint. */
export type SqliteValue = null | number | bigint | string | Uint8Array;
export type SqliteFunction = (...values: SqliteValue[]) => SqliteValue;

/** NULL where any value is. */
export function strict(
  run: (...values: Exclude<SqliteValue, null>[]) => SqliteValue,
): SqliteFunction {
  return (...values) => {
    for (const value of values) if (value === null) return null;
    return run(...(values as Exclude<SqliteValue, null>[]));
  };
}

/** NULL where the first is. */
export function ofFirst(run: (...values: SqliteValue[]) => SqliteValue): SqliteFunction {
  return (...values) => (values[0] === null ? null : run(...values));
}
