import { refuse } from '../functions/refusal.ts';
import { isObject, jsonTypeName, member } from '../json-values.ts';
import type { EvaluateIn } from './call-function.ts';
import { assertKnown, Deferred } from './deferred.ts';
import { withNamedLoop } from './derived-scope.ts';
import type { Frame } from './frame.ts';
import { parseExpression } from './parse.ts';
import { printExpression } from './print.ts';

/** Text in brackets is an expression, unless it begins with two. */
export function evaluateTextIn(text: string, frame: Frame, evaluateIn: EvaluateIn): unknown {
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  if (text.startsWith('[[')) return text.slice(1);
  return evaluateIn(parseExpression(text.slice(1, -1)), frame);
}

/**
 * JSON with each text and property name evaluated, and each property-level `copy` expanded.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties
 */
export function evaluateTreeIn(value: unknown, frame: Frame, evaluateIn: EvaluateIn): unknown {
  if (typeof value === 'string') return evaluateTextIn(value, frame, evaluateIn);
  if (Array.isArray(value)) return value.map((inner) => evaluateTreeIn(inner, frame, evaluateIn));
  if (!isObject(value)) return value;
  const members = new Map<string, unknown>();
  for (const [text, inner] of Object.entries(value)) {
    if (text.toLowerCase() === 'copy' && Array.isArray(inner)) {
      for (const loop of inner) addMember(members, ...evaluateLoop(loop, frame, evaluateIn));
    } else {
      const name = evaluateName(text, frame, evaluateIn);
      addMember(members, name, evaluateTreeIn(inner, frame, evaluateIn));
    }
  }
  return Object.fromEntries(members);
}

function addMember(members: Map<string, unknown>, name: string, value: unknown): void {
  if (!members.has(name)) {
    members.set(name, value);
    return;
  }
  throw refuse(
    `Unable to evaluate language expression '[function]' as JSON property name: the property with name '${name}' already exists.`,
  );
}

function evaluateName(text: string, frame: Frame, evaluateIn: EvaluateIn): string {
  const name = evaluateTextIn(text, frame, evaluateIn);
  if (typeof name === 'string') return name;
  if (name instanceof Deferred) return `[${printExpression(name.expression)}]`;
  throw refuse(
    `Unable to evaluate language expression '${text.slice(1, -1)}' as JSON property name: the expression value of type '${jsonTypeName(name)}' could not be used as property name.`,
  );
}

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties#copy-limits */
const MAXIMUM_COUNT = 800;

/** `{ name, count, input }` of a property-level `copy`. */
function evaluateLoop(
  loop: unknown,
  frame: Frame,
  evaluateIn: EvaluateIn,
): [name: string, turns: readonly unknown[]] {
  const { name, input, count: countText } = readLoop(loop);
  const count = evaluateTreeIn(countText, frame, evaluateIn);
  assertCount(count);
  const turns = Array.from({ length: count }, (_, index) => {
    const scope = withNamedLoop(frame.scope, name, index);
    return evaluateTreeIn(input, { ...frame, scope }, evaluateIn);
  });
  return [name, turns];
}

function readLoop(loop: unknown): { name: string; count: unknown; input: unknown } {
  const name = isObject(loop) ? member(loop, 'name') : undefined;
  if (!isObject(loop) || typeof name !== 'string') {
    throw refuse(`The template 'copy' definition has no name. ${SEE_LOOPS}`);
  }
  const input = member(loop, 'input');
  if (hasLoop(input)) {
    throw refuse(
      `The template 'copy' definition '${name}' has nested copy arrays. The use of nested copy arrays is not supported. ${SEE_LOOPS}`,
    );
  }
  return { name, input, count: member(loop, 'count') };
}

const SEE_LOOPS = 'Please see https://aka.ms/arm-resource-loops for usage details.';

function hasLoop(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (name.toLowerCase() === 'copy' && Array.isArray(inner)) || hasLoop(inner),
  );
}

function assertCount(count: unknown): asserts count is number {
  assertKnown(count);
  if (
    typeof count === 'number' &&
    Number.isInteger(count) &&
    count >= 0 &&
    count <= MAXIMUM_COUNT
  ) {
    return;
  }
  throw refuse(
    `The template 'copy' definition has an invalid copy count of: '${String(count)}'. The copy count must be a non-negative integer value and cannot exceed '${MAXIMUM_COUNT}'. ${SEE_LOOPS}`,
  );
}
