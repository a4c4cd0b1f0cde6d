import type { SQLInputValue } from 'node:sqlite';
import type { CompiledStep } from '../compile/compiled.ts';
import { kindOf } from '../values/type-rules.ts';
import type { Frame } from './frame.ts';
import type { SessionContext } from './session-context.ts';

/** What the statement's `?1`, `?2` … stand for at this moment. */
export function bindValues(
  { parameters }: CompiledStep,
  frame: Frame,
  context: SessionContext,
): SQLInputValue[] {
  return parameters.map(({ name, type }) => {
    const isVariable = name.startsWith('@') && !name.startsWith('@@');
    const value = isVariable ? (frame.variables.get(name)?.value ?? null) : context.value(name);
    // SQLite would take a number for a float.
    return typeof value === 'number' && kindOf(type) === 'integer' ? BigInt(value) : value;
  });
}
