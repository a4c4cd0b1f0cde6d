import { Deferred } from './deferred.ts';
import type { Expression } from './expression.ts';

/**
 * An expression in ARM's canonical form, without outer brackets: one space behind each comma, JSON values
 * as createArray() and createObject(), `.name` where the name is an identifier.
 * Source: what `bicep snapshot` prints.
 */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printValue(expression.value);
    case 'call': {
      const prefix = expression.namespace === undefined ? '' : `${expression.namespace}.`;
      return `${prefix}${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    }
    case 'property':
      return printExpression(expression.target) + printAccess(expression.property);
  }
}

/** A value, deferred parts included, as an expression. */
export function printValue(value: unknown): string {
  if (value instanceof Deferred) return printExpression(value.expression);
  if (value === null || value === undefined) return 'null()';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return `${value}()`;
  if (Array.isArray(value)) return `createArray(${value.map(printValue).join(', ')})`;
  if (typeof value === 'object') {
    const members = Object.entries(value).flatMap(([name, inner]) => [
      printValue(name),
      printValue(inner),
    ]);
    return `createObject(${members.join(', ')})`;
  }
  // ARM's expressions have no fractions.
  return Number.isInteger(value) ? String(value) : `json('${String(value)}')`;
}

function printAccess(property: Expression): string {
  const name = property.kind === 'literal' ? property.value : undefined;
  if (typeof name === 'string' && /^[A-Za-z_$][\w$]*$/.test(name)) return `.${name}`;
  return `[${printExpression(property)}]`;
}
