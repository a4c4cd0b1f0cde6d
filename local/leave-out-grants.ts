type Json = Record<string, unknown>;

const ROLE_ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';

/**
 * A copy of a compiled template without the role assignments of these symbolic names, nested templates included:
 * what it would be if their lines, and what waits for them, were taken out of the Bicep.
 * Throws a sentence that lists the names there are if one of `symbols` is none of them; `option` is what it blames.
 */
export function leaveOutGrants(
  template: unknown,
  symbols: readonly string[],
  option = '--without',
): unknown {
  const copy = structuredClone(template);
  const there = new Set<string>();
  const wanted = new Set(symbols);
  walk(copy, (resources) => {
    for (const [symbol, resource] of Object.entries(resources)) {
      if ((resource as Json | null)?.type !== ROLE_ASSIGNMENTS) continue;
      there.add(symbol);
      if (!wanted.has(symbol)) continue;
      Reflect.deleteProperty(resources, symbol);
      for (const waiting of Object.values(resources)) stopWaiting(waiting as Json | null, symbol);
    }
  });
  const unknown = symbols.find((symbol) => !there.has(symbol));
  if (unknown !== undefined) {
    throw new Error(
      `${option} ${unknown}: no role assignment is called that. There are: ${[...there].join(', ')}.`,
    );
  }
  return copy;
}

/** Calls `visit` for every dictionary of resources by symbolic name. */
function walk(node: unknown, visit: (resources: Json) => void): void {
  if (typeof node !== 'object' || node === null) return;
  const { resources } = node as Json;
  if (typeof resources === 'object' && resources !== null && !Array.isArray(resources)) {
    visit(resources as Json);
  }
  for (const value of Object.values(node)) walk(value, visit);
}

function stopWaiting(resource: Json | null, symbol: string): void {
  if (!Array.isArray(resource?.dependsOn)) return;
  resource.dependsOn = resource.dependsOn.filter((other) => other !== symbol);
}
