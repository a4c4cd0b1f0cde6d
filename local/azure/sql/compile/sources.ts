// What names mean in a query: tables and their columns, from the inside outwards.
import type { SqlType } from '../../tds/sql-type.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { Position } from '../tsql/ast/position.ts';
import { ambiguousColumn, invalidColumn, notBound, notGrouped } from './bind-error.ts';
import type { Collation } from './collations.ts';
import type { Typed } from './typed.ts';

export interface SourceColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation?: Collation;
  readonly identity?: boolean;
}

/** One table, view, derived table of FROM. */
export interface Source {
  /** By which T-SQL names it: alias, or name. */
  readonly exposedName: string;
  readonly schema?: string;
  /** In SQLite; empty where columns stand alone (RETURNING). */
  readonly alias: string;
  readonly columns: readonly SourceColumn[];
  /** Columns of an outer join's other side may be NULL. */
  isNullable?: boolean;
}

/** While items of a grouped query are compiled: what may stand outside of aggregates, by its SQL. */
export interface Grouping {
  readonly keys: ReadonlySet<string>;
  /** `select list`, `HAVING clause`, `ORDER BY clause`. */
  readonly place: string;
}

export class SourceScope {
  readonly sources: Source[] = [];
  readonly parent: SourceScope | undefined;
  grouping: Grouping | undefined;
  /** Inside of an aggregate all columns may stand. */
  isInAggregate = false;
  /** Where neither aggregates nor window functions may stand. */
  clause: 'WHERE' | 'ON' | 'GROUP BY' | undefined;

  constructor(parent?: SourceScope) {
    this.parent = parent;
  }

  /** Throws SqlError 207, 209, 4104, 8120. */
  column(
    name: string,
    table: string | undefined,
    schema: string | undefined,
    position: Position,
  ): Typed {
    const found = this.#find(name, table, schema, position);
    if (found) return found;
    const outer = this.parent?.findOuter(name, table, schema, position);
    if (outer) return outer;
    if (table === undefined) throw invalidColumn(name, position);
    const isKnown = this.#isTable(table, schema);
    throw isKnown
      ? invalidColumn(name, position)
      : notBound([schema, table, name].filter(Boolean).join('.'), position);
  }

  findOuter(
    name: string,
    table: string | undefined,
    schema: string | undefined,
    position: Position,
  ): Typed | undefined {
    return (
      this.#find(name, table, schema, position) ??
      this.parent?.findOuter(name, table, schema, position)
    );
  }

  #isTable(table: string, schema: string | undefined): boolean {
    return (
      this.sources.some((source) => isNamed(source, table, schema)) ||
      (this.parent?.isKnown(table, schema) ?? false)
    );
  }

  isKnown(table: string, schema: string | undefined): boolean {
    return this.#isTable(table, schema);
  }

  #find(
    name: string,
    table: string | undefined,
    schema: string | undefined,
    position: Position,
  ): Typed | undefined {
    const matches = this.sources
      .filter((source) => table === undefined || isNamed(source, table, schema))
      .flatMap((source) =>
        source.columns
          .filter((column) => sameName(column.name, name))
          .map((column) => ({ source, column })),
      );
    const [match, second] = matches;
    if (second) throw ambiguousColumn(name, position);
    if (!match) return undefined;
    const typed = columnOf(match.source, match.column);
    this.#requireGrouped(typed, match.source, match.column.name, position);
    return typed;
  }

  #requireGrouped(typed: Typed, source: Source, name: string, position: Position): void {
    if (!this.grouping || this.isInAggregate || this.grouping.keys.has(typed.sql)) return;
    throw notGrouped(`${source.exposedName}.${name}`, this.grouping.place, position);
  }
}

function isNamed(source: Source, table: string, schema: string | undefined): boolean {
  if (!sameName(source.exposedName, table)) return false;
  return schema === undefined || (source.schema !== undefined && sameName(source.schema, schema));
}

export function columnOf(source: Source, column: SourceColumn): Typed {
  const quoted = quoteIdentifier(column.name);
  return {
    sql: source.alias === '' ? quoted : `${source.alias}.${quoted}`,
    type: column.type,
    nullable: column.nullable || source.isNullable === true,
    ...(column.collation && { collation: column.collation }),
    column: { name: column.name, ...(column.identity && { identity: true }) },
  };
}
