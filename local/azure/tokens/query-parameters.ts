/** A query's parameters by lower-case name: .NET, in which Azure's endpoints are written, ignores case. */
export interface QueryParameters {
  /** Undefined if it is absent or empty. */
  get(name: string): string | undefined;
  /** The name of a parameter that is there more than once. */
  readonly repeated?: string;
}

export function readQuery(url: URL): QueryParameters {
  const values = new Map<string, string>();
  let repeated: string | undefined;
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase();
    if (values.has(key)) repeated ??= key;
    values.set(key, value);
  }
  return {
    get: (name) => values.get(name) || undefined,
    ...(repeated !== undefined && { repeated }),
  };
}
