// One statement's compilation: what its parts share.
import type { SqlType } from '../../tds/sql-type.ts';
import type { Condition, Expression } from '../tsql/ast/expression.ts';
import type { Position } from '../tsql/ast/position.ts';
import type { CommonTableExpression, Query, TableSource } from '../tsql/ast/query.ts';
import { undeclared } from './bind-error.ts';
import type { CompileScope } from './compiled.ts';
import type { CompiledQuery } from './compiled-query.ts';
import type { Source, SourceScope } from './sources.ts';
import type { Typed } from './typed.ts';

/** A common table expression that is in scope, by folded name. */
export interface KnownTable {
  readonly sqliteName: string;
  readonly columns: Source['columns'];
  /** Of one that refers to itself: the aliases under which it does. */
  readonly aliases?: string[];
  /** Of one that stands before a change, which may mean its rows. */
  readonly definition?: CommonTableExpression;
}

/** What every part of a statement may hold again. */
export interface Compilers {
  expression(node: Expression, scope: SourceScope, compilation: Compilation): Typed;
  condition(node: Condition, scope: SourceScope, compilation: Compilation): string;
  query(node: Query, parent: SourceScope | undefined, compilation: Compilation): CompiledQuery;
}

export class Compilation {
  readonly scope: CompileScope;
  readonly #compilers: Compilers;
  readonly #parameters: { readonly name: string; readonly type: SqlType }[] = [];
  readonly #aliasOf = new Map<TableSource, string>();
  #aliases = 0;
  tables: ReadonlyMap<string, KnownTable> = new Map();

  constructor(scope: CompileScope, compilers: Compilers) {
    this.scope = scope;
    this.#compilers = compilers;
  }

  /** Throws SqlError, as all of these. */
  expression(node: Expression, scope: SourceScope): Typed {
    return this.#compilers.expression(node, scope, this);
  }

  /** SQL: 1, 0 or NULL. */
  condition(node: Condition, scope: SourceScope): string {
    return this.#compilers.condition(node, scope, this);
  }

  query(node: Query, parent: SourceScope | undefined): CompiledQuery {
    return this.#compilers.query(node, parent, this);
  }

  /** Those that the SQL has; the last may have gone with a part that was left out. */
  parametersOf(sql: string): readonly { readonly name: string; readonly type: SqlType }[] {
    let count = this.#parameters.length;
    while (count > 0 && !new RegExp(`\\?${count}(?!\\d)`).test(sql)) count--;
    return this.#parameters.slice(0, count);
  }

  nextAlias(prefix = 's'): string {
    return `${prefix}${++this.#aliases}`;
  }

  /** The name of a table of FROM in SQLite, as it was compiled last. */
  noteAlias(node: TableSource, alias: string): void {
    this.#aliasOf.set(node, alias);
  }

  aliasOf(node: TableSource): string {
    return this.#aliasOf.get(node) ?? '';
  }

  /** Throws SqlError 137. */
  typeOf(name: string, position: Position): SqlType {
    const type = this.scope.variables.get(name.toLowerCase());
    if (!type) throw undeclared(name, position);
    return type;
  }

  /** Throws SqlError 137. */
  variable(name: string, position: Position): Typed {
    const type = this.typeOf(name, position);
    return { sql: this.parameter(name.toLowerCase(), type), type, nullable: true };
  }

  /** A value that the session fills in for each execution: a variable's, or `#now` and the like. */
  parameter(name: string, type: SqlType): string {
    const known = this.#parameters.findIndex((each) => each.name === name);
    if (known >= 0) return `?${known + 1}`;
    this.#parameters.push({ name, type });
    return `?${this.#parameters.length}`;
  }
}
