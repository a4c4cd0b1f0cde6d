// The ways into the compiler.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import { sameName } from '../catalogue/names.ts';
import type { Condition, Expression } from '../tsql/ast/expression.ts';
import type { Query, Select, SelectItem } from '../tsql/ast/query.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { at } from './bind-error.ts';
import { castTo } from './cast.ts';
import { Compilation } from './compilation.ts';
import type { CompiledStatement, CompileScope, UnboundStatement } from './compiled.ts';
import { renderNamed } from './compiled-query.ts';
import { compileCondition } from './conditions.ts';
import { compileExpression } from './expressions.ts';
import { compileInsert } from './insert.ts';
import { compileMerge } from './merge.ts';
import { compileQuery } from './queries.ts';
import { SourceScope } from './sources.ts';
import { toColumn } from './typed.ts';
import { compileDelete, compileUpdate } from './update-delete.ts';
import { findTarget, storageOf } from './write-target.ts';

export type DataStatement = Extract<
  Statement,
  { kind: 'query' | 'insert' | 'update' | 'delete' | 'merge' | 'truncate' }
>;

export const compilers = {
  expression: compileExpression,
  condition: compileCondition,
  query: compileQuery,
};

/** Throws SqlError, with the line of what is wrong; 4051x for what the stand-in lacks. */
export function compileStatement(statement: DataStatement, scope: CompileScope): CompiledStatement {
  const compilation = new Compilation(scope, compilers);
  try {
    const { listed, ...compiled } = compileKind(statement, compilation);
    const parameters = compilation.parametersOf(compiled.sql);
    if (!listed) return { ...compiled, parameters };
    const steps = listed.steps.map((sql) => ({ sql, parameters: compilation.parametersOf(sql) }));
    return { ...compiled, parameters, listed: { ...listed, steps } };
  } catch (error) {
    throw error instanceof SqlError ? at(error, statement) : error;
  }
}

function compileKind(statement: DataStatement, compilation: Compilation): UnboundStatement {
  switch (statement.kind) {
    case 'query':
      return compileSelection(statement.query, compilation);
    case 'insert':
      return compileInsert(statement, compilation);
    case 'update':
      return compileUpdate(statement, compilation);
    case 'delete':
      return compileDelete(statement, compilation);
    case 'truncate': {
      const table = findTarget(statement.table, compilation);
      const target = { schema: table.schema, name: table.name };
      return {
        kind: 'other',
        sql: `DELETE FROM ${storageOf(table)}`,
        writes: true,
        target,
        needs: { permission: 'ALTER', ...target },
      };
    }
    default:
      return compileMerge(statement, compilation);
  }
}

function compileSelection(query: Query, compilation: Compilation): UnboundStatement {
  const assigned = assignmentsOf(query);
  if (assigned) return compileAssignment(query, assigned, compilation);
  const compiled = compileQuery(query, undefined, compilation);
  return {
    kind: 'select',
    sql: renderNamed(compiled),
    columns: compiled.items.map(toColumn),
    writes: false,
  };
}

type Assign = Extract<SelectItem, { kind: 'assign' }>;

function assignmentsOf({ body }: Query): readonly Assign[] | undefined {
  if (body.kind !== 'select') return undefined;
  const assigned = body.items.filter((item): item is Assign => item.kind === 'assign');
  return assigned.length > 0 ? assigned : undefined;
}

/**
 * SQL Server assigns from left to right and row by row: what reads a variable that the same SELECT has assigned sees
 * the new value. Here all are read before any is assigned, so such a SELECT is refused. Throws SqlError 40517.
 */
function refuseChained(assigned: readonly Assign[], { from }: Select): void {
  assigned.forEach((item, index) => {
    const before = from.length > 0 ? assigned : assigned.slice(0, index);
    const read = before.find(({ variable }) => reads(item.expression, variable));
    if (!read) return;
    const clause = from.length > 0 ? ' … FROM' : '';
    throw unsupportedOption(`SELECT ${item.variable} = … ${read.variable} …${clause}`, item.line);
  });
}

function reads(expression: Expression, variable: string): boolean {
  let isRead = false;
  JSON.stringify(expression, (_key, value: unknown) => {
    const node = value as { readonly kind?: unknown; readonly name?: unknown } | null;
    if (
      typeof node === 'object' &&
      node?.kind === 'variable' &&
      sameName(String(node.name), variable)
    ) {
      isRead = true;
    }
    return typeof value === 'bigint' ? null : value;
  });
  return isRead;
}

function compileAssignment(
  query: Query,
  assigned: readonly Assign[],
  compilation: Compilation,
): UnboundStatement {
  const body = query.body as Select;
  refuseChained(assigned, body);
  const items = assigned.map((item): SelectItem => {
    const { line, start, operator, expression } = item;
    if (operator === undefined) return { kind: 'item', expression, line, start };
    // Over many rows each one would begin with what the row before has left.
    if (body.from.length > 0)
      throw unsupportedOption(`SELECT ${item.variable} ${operator}= … FROM`, line);
    const left: Expression = { kind: 'variable', name: item.variable, line, start };
    return {
      kind: 'item',
      expression: { kind: 'binaryOperation', operator, left, right: expression, line, start },
      line,
      start,
    };
  });
  const compiled = compileQuery({ ...query, body: { ...body, items } }, undefined, compilation);
  const types = assigned.map(({ variable, ...position }) => compilation.typeOf(variable, position));
  const converted = compiled.items.map(
    (item, index) => `${castTo(item, types[index] as SqlType).sql} AS c${index + 1}`,
  );
  return {
    kind: 'select',
    sql: compiled.render(converted),
    assigns: assigned.map(({ variable }, index) => ({
      variable: variable.toLowerCase(),
      type: types[index] as SqlType,
    })),
    writes: false,
  };
}

/** An expression as a SELECT of one row and column, converted to `type` if it is given. Throws SqlError. */
export function compileValue(
  node: Expression,
  scope: CompileScope,
  type?: SqlType,
): CompiledStatement {
  const compilation = new Compilation(scope, compilers);
  const typed = compileExpression(node, new SourceScope(), compilation);
  const value = type ? castTo(typed, type) : typed;
  return {
    kind: 'select',
    sql: `SELECT ${value.sql}`,
    parameters: compilation.parametersOf(value.sql),
    columns: [{ name: '', type: value.type, nullable: true }],
    writes: false,
  };
}

/** A condition as a SELECT of 1, 0 or NULL. Throws SqlError. */
export function compileTest(node: Condition, scope: CompileScope): CompiledStatement {
  const compilation = new Compilation(scope, compilers);
  const sql = compileCondition(node, new SourceScope(), compilation);
  return {
    kind: 'select',
    sql: `SELECT ${sql}`,
    parameters: compilation.parametersOf(sql),
    columns: [{ name: '', type: { name: 'int' }, nullable: true }],
    writes: false,
  };
}
