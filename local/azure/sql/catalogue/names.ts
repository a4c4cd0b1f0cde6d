// How names are compared and written.

/** T-SQL compares names without case; two names are one if this is equal. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

export function sameName(left: string, right: string): boolean {
  return foldName(left) === foldName(right);
}

/** Key of an object in its catalogue. A schema's name may hold a dot, thus the length in front. */
export function objectKey(schema: string, name: string): string {
  return `${schema.length}:${foldName(schema)}.${foldName(name)}`;
}

/** An identifier of SQLite: `"a""b"`. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
