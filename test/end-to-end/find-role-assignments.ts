// The role assignments of a compiled template, wherever they stand in it: nothing here is a list of them.

type Json = Readonly<Record<string, unknown>>;

export interface FoundAssignment {
  /** Keys that lead to it from the template's root. */
  readonly path: readonly string[];
  /** Name of the template's own deployment in which the assignment is made; empty for the template itself. */
  readonly module: string;
  /** Symbolic name. */
  readonly symbol: string;
  /** What `roleDefinitionId` evaluates to where it can be read off (with the conditions in it not met), else its expression. */
  readonly role: string;
}

/** Every object of type Microsoft.Authorization/roleAssignments, nested templates included. */
export function findRoleAssignments(template: unknown): FoundAssignment[] {
  return [...walk(template, [], {})];
}

function* walk(
  value: unknown,
  path: readonly string[],
  variables: Json,
): Generator<FoundAssignment> {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Json;
  const known = isObject(node.variables) ? node.variables : variables;
  if (/^microsoft\.authorization\/roleassignments$/i.test(String(node.type))) {
    yield { path, module: moduleOf(path), symbol: path.at(-1) ?? '', role: roleOf(node, known) };
  }
  for (const [key, child] of Object.entries(node)) yield* walk(child, [...path, key], known);
}

/** The outermost resource above that carries a template as `properties.template`. */
function moduleOf(path: readonly string[]): string {
  return path[path.indexOf('template') - 2] ?? '';
}

function roleOf({ properties }: Json, variables: Json): string {
  const expression = String(isObject(properties) ? properties.roleDefinitionId : '');
  const [, variable = ''] = /variables\('(\w+)'\)\)\]$/.exec(expression) ?? [];
  const named = `${expression} ${variables[variable] ?? ''}`;
  const [, name = ''] = [...named.matchAll(/variables\('roles'\)\.(\w+)/g)].at(-1) ?? [];
  const { roles } = variables;
  return isObject(roles) && typeof roles[name] === 'string' ? roles[name] : expression;
}

/** A copy of the template that lacks it. */
export function withoutAssignment(template: unknown, { path }: FoundAssignment): unknown {
  const copy = structuredClone(template);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), copy);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) Reflect.deleteProperty(parent, last);
  return copy;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
