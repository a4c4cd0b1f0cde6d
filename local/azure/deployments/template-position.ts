/** Path into a JSON document: `['resources', 0, 'name']`. */
export type JsonPath = readonly (string | number)[];

/**
 * Where a value starts, as ARM's messages say it: "at line '1' and column '134'".
 *
 * Pretend: ARM counts in the bytes that it received; here the document is counted as if the client had
 * sent it compact, on one line, as the Azure SDKs do.
 */
export function describePosition(document: unknown, path: JsonPath): string {
  return `at line '1' and column '${columnOf(document, path)}'`;
}

function columnOf(document: unknown, path: JsonPath): number {
  let column = 1;
  let value = document;
  for (const step of path) {
    column += 1;
    for (const [key, inner] of entriesOf(value)) {
      const label = Array.isArray(value) ? 0 : JSON.stringify(key).length + 1;
      if (String(step) === key) {
        column += label;
        value = inner;
        break;
      }
      column += label + (JSON.stringify(inner)?.length ?? 0) + 1;
    }
  }
  // Azure: an object or list is where it opens, any other value where it ends (`bicep snapshot`).
  return typeof value === 'object' ? column : column + JSON.stringify(value).length - 1;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** `resources[0].name`, as ARM's messages write a path. */
export function describePath(path: JsonPath): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
}
