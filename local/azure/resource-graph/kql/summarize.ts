import { parserFailure, unsupportedLanguage } from '../query-error.ts';
import type { Column, Expression, Row } from './expression.ts';
import { aggregates, entryOf } from './language.ts';
import { nameAll, parseNamedExpressions, takeGivenName } from './named-expression.ts';
import { type ExpressionScope, parseList } from './parse-expression.ts';
import type { TabularOperator } from './step.ts';
import { keyOf, pick } from './tabular-operators.ts';
import type { TokenReader } from './token-reader.ts';
import type { Value } from './values.ts';

interface AggregateCall extends Column {
  readonly argument: Expression | undefined;
  readonly apply: (values: readonly Value[]) => Value;
}

/** `summarize count(), latest = max(changeTime) by type`. Without `by` there is one row, for no rows too. */
export const parseSummarize: TabularOperator = (tokens, scope) => {
  const calls = tokens.next.text.toLowerCase() === 'by' ? [] : takeCalls(tokens, scope);
  const isGrouped = tokens.take('by');
  if (calls.length === 0 && !isGrouped) throw tokens.refusal();
  const groups = isGrouped ? nameAll(parseNamedExpressions(tokens, scope)) : [];
  return {
    columns: [...groups, ...calls].map(({ name, type }) => ({ name, type })),
    apply(rows) {
      const members = new Map<string, { group: Row; rows: Row[] }>();
      if (!isGrouped) members.set(keyOf([]), { group: {}, rows: [] });
      for (const row of rows) {
        const group = pick(row, groups);
        const key = keyOf(Object.values(group));
        const known = members.get(key) ?? { group, rows: [] };
        known.rows.push(row);
        members.set(key, known);
      }
      return [...members.values()].map(({ group, rows: inGroup }) => ({
        ...group,
        ...Object.fromEntries(calls.map((call) => [call.name, compute(call, inGroup)])),
      }));
    },
  };
};

function compute({ argument, apply }: AggregateCall, rows: readonly Row[]): Value {
  return apply(rows.map((row) => argument?.evaluate(row)));
}

function takeCalls(tokens: TokenReader, scope: ExpressionScope): readonly AggregateCall[] {
  const calls = [takeCall(tokens, scope)];
  while (tokens.take(',')) calls.push(takeCall(tokens, scope));
  return calls;
}

/** Without a name it is `count_`, `max_changeTime` (https://learn.microsoft.com/kusto/query/summarize-operator). */
function takeCall(tokens: TokenReader, scope: ExpressionScope): AggregateCall {
  const given = takeGivenName(tokens);
  const called = tokens.next;
  const name = tokens.takeName().toLowerCase();
  const aggregate = entryOf(aggregates, name);
  if (!aggregate) throw unsupportedLanguage(called.text);
  const values = parseList(tokens, scope);
  const [least, most] = aggregate.arity;
  if (values.length < least || values.length > most) throw parserFailure(called);
  const [argument] = values;
  return {
    name: given ?? `${name}_${argument?.impliedName ?? ''}`,
    type: aggregate.type === 'object' ? (argument?.type ?? 'object') : aggregate.type,
    argument,
    apply: aggregate.apply,
  };
}
