// The rows that UPDATE and DELETE write, by the names that the statement gives them.
import type { Table } from '../catalogue/catalogue.ts';
import { foldName, sameName } from '../catalogue/names.ts';
import type { Delete, Update } from '../tsql/ast/data-statement.ts';
import type { ObjectName, Position } from '../tsql/ast/position.ts';
import type { TableSource } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import type { Compilation } from './compilation.ts';
import { compileFrom } from './from.ts';
import { type Source, SourceScope } from './sources.ts';
import { compileUpdatable } from './updatable-query.ts';
import { findTarget, sourceOf, storageOf } from './write-target.ts';

export interface Place {
  readonly table: Table;
  readonly source: Source;
  readonly scope: SourceScope;
  /** ` FROM …`, where the statement has its own. */
  readonly from?: string;
  /** Of a query that is the target: the number of the table's row, and the column that one of its columns shows. */
  readonly row?: string;
  readonly base?: (column: { readonly name: string; readonly line: number }) => string;
}

/** The target by its name, or by its alias in FROM. Throws SqlError 208. */
export function findPlace(node: (Update | Delete) & Position, compilation: Compilation): Place {
  const scope = new SourceScope();
  const named = findNamed(node.from, node.target);
  const query = queryOf(named?.name ?? node.target, compilation);
  if (query) {
    if (named ? node.from.length > 1 || node.from[0] !== named : node.from.length > 0) {
      throw unsupportedOption('a common table expression as the target beside FROM', node.line);
    }
    const place = compileUpdatable(query, named?.alias ?? query.name, compilation);
    scope.sources.push(place.source);
    return { ...place, scope };
  }
  if (node.from.length === 0) {
    const table = findTarget(node.target, compilation);
    const source = sourceOf(table, compilation.nextAlias());
    scope.sources.push(source);
    return { table, source, scope };
  }
  const table = findTarget(named?.name ?? node.target, compilation);
  const from = compileFrom(node.from, scope, compilation);
  const exposedName = named ? (named.alias ?? named.name.name) : table.name;
  const known = scope.sources.find((each) => sameName(each.exposedName, exposedName));
  if (known && named) return { table, source: known, scope, from };
  // A target beside FROM is another row source.
  const source = sourceOf(table, compilation.nextAlias());
  scope.sources.push(source);
  return { table, source, scope, from: `${from}, ${storageOf(table)} AS ${source.alias}` };
}

function queryOf({ schema, name }: ObjectName, { tables }: Compilation) {
  return schema === undefined ? tables.get(foldName(name))?.definition : undefined;
}

type Named = Extract<TableSource, { kind: 'table' }>;

function findNamed(sources: readonly TableSource[], target: ObjectName): Named | undefined {
  for (const source of sources) {
    if (source.kind === 'join') {
      const found = findNamed([source.left, source.right], target);
      if (found) return found;
    } else if (source.kind === 'table' && isTarget(source, target)) return source;
  }
  return undefined;
}

function isTarget({ alias, name }: Named, target: ObjectName): boolean {
  if (target.schema === undefined && alias !== undefined) return sameName(alias, target.name);
  const sameSchema =
    target.schema === undefined ||
    name.schema === undefined ||
    sameName(name.schema, target.schema);
  return sameName(name.name, target.name) && sameSchema;
}
