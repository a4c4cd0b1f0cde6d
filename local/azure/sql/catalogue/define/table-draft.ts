// A table while it is being made or altered: constraints are added one by one, each checked against what is there.
import type {
  ColumnDefinition,
  DefaultDefinition,
  TableConstraint,
} from '../../tsql/ast/definition.ts';
import type { StoredCheck, StoredColumn, StoredKey, StoredTable } from '../catalogue-state.ts';
import {
  alreadyAnObject,
  columnMissing,
  duplicateColumn,
  hasPrimaryKey,
  manyClustered,
  manyIdentities,
  manyPrimaryKeys,
  nullablePrimaryKey,
  unfitKeyColumn,
} from '../definition-errors.ts';
import { foldName, sameName } from '../names.ts';
import { assertNameFree, constraintNames, nextObjectId, systemName } from './constraint-names.ts';
import { type DefinitionContext, makingConstraint } from './definition-context.ts';
import { foreignKeyOf } from './foreign-key.ts';

export class TableDraft {
  table: StoredTable;
  readonly context: DefinitionContext;
  #lastObjectId: number | undefined;
  readonly #isNew: boolean;

  constructor(context: DefinitionContext, table: StoredTable, isNew: boolean) {
    this.context = context;
    this.table = table;
    this.#isNew = isNew;
    this.#lastObjectId = isNew ? table.objectId : context.catalogue.state.counters.get(lastId);
  }

  get lastObjectId(): number | undefined {
    return this.#lastObjectId;
  }

  /** Throws SqlError 2705, 2744, 40514; its constraints follow with `addConstraint`. */
  addColumn(definition: ColumnDefinition): void {
    const { name, type, collation, identity } = definition;
    const { columns, lastColumnId } = this.table;
    if (columns.some((column) => sameName(column.name, name))) {
      throw duplicateColumn(name, this.table.name);
    }
    if (identity && columns.some((column) => column.identity)) {
      throw manyIdentities(this.table.name);
    }
    if (collation !== undefined) this.context.rules.requireCollation(collation);
    const inPrimaryKey = definition.constraints.some(({ kind }) => kind === 'primaryKey');
    const column: StoredColumn = {
      name,
      type,
      columnId: lastColumnId + 1,
      nullable: definition.nullable ?? !(identity || inPrimaryKey),
      ...(collation !== undefined && { collation }),
      ...(identity && { identity: true, identitySeed: identity }),
    };
    this.table = { ...this.table, columns: [...columns, column], lastColumnId: lastColumnId + 1 };
    if (definition.default) this.addDefault(name, definition.default);
  }

  addDefault(column: string, { name, expression, text }: DefaultDefinition): void {
    const objectId = this.#nextId();
    const found = this.column(column);
    const stored = {
      name: this.#name('DF', name, objectId, [found.name]),
      objectId,
      isSystemNamed: name === undefined,
      text,
      sql: this.context.rules.compileDefault(expression, found.type),
    };
    this.changeColumn({ ...found, default: stored });
  }

  /** `columnName`: the constraint was written with this column. Throws what it must, with 1750 behind. */
  addConstraint(constraint: TableConstraint, columnName?: string): void {
    makingConstraint(() => {
      if (constraint.kind === 'check') return this.#addCheck(constraint, columnName);
      if (constraint.kind === 'foreignKey') return this.#addForeignKey(constraint);
      return this.#addKey(constraint);
    });
  }

  column(name: string): StoredColumn {
    const column = this.table.columns.find((each) => sameName(each.name, name));
    if (!column) throw columnMissing(name);
    return column;
  }

  changeColumn(changed: StoredColumn): void {
    const columns = this.table.columns.map((column) =>
      column.columnId === changed.columnId ? changed : column,
    );
    this.table = { ...this.table, columns };
  }

  #addKey(constraint: Extract<TableConstraint, { kind: 'primaryKey' | 'unique' }>): void {
    const { kind, clustered } = constraint;
    const { keys, indexes, name: tableName } = this.table;
    if (kind === 'primaryKey') this.#preparePrimaryKey(constraint.columns);
    const isClustered = clustered ?? (kind === 'primaryKey' && !this.#hasClustered());
    if (isClustered && this.#hasClustered()) throw manyClustered(tableName);
    const columns = constraint.columns.map(({ name, descending }) => {
      const column = this.column(name);
      if (!isKeyType(column)) throw unfitKeyColumn(column.name, tableName);
      return { name: column.name, descending };
    });
    const objectId = this.#nextId();
    const names = columns.map(({ name }) => name);
    const key: StoredKey = {
      name: this.#name(kind === 'primaryKey' ? 'PK' : 'UQ', constraint.name, objectId, names),
      objectId,
      isSystemNamed: constraint.name === undefined,
      kind,
      columns,
      clustered: isClustered,
      indexId: isClustered ? 1 : nextIndexId({ keys, indexes }),
    };
    this.table = { ...this.table, keys: [...keys, key] };
  }

  #preparePrimaryKey(columns: readonly { readonly name: string }[]): void {
    const { keys, name } = this.table;
    if (keys.some(({ kind }) => kind === 'primaryKey')) {
      throw this.#isNew ? manyPrimaryKeys(name) : hasPrimaryKey(name);
    }
    for (const each of columns) {
      if (this.column(each.name).nullable) throw nullablePrimaryKey(name);
    }
  }

  #hasClustered(): boolean {
    return [...this.table.keys, ...this.table.indexes].some(({ clustered }) => clustered);
  }

  #addCheck(
    { name, condition, text }: Extract<TableConstraint, { kind: 'check' }>,
    columnName: string | undefined,
  ): void {
    const objectId = this.#nextId();
    const column = columnName === undefined ? undefined : this.column(columnName);
    const check: StoredCheck = {
      name: this.#name('CK', name, objectId, column ? [column.name] : []),
      objectId,
      isSystemNamed: name === undefined,
      text,
      sql: this.context.rules.compileCheck(condition, this.table.columns),
      columnId: column?.columnId ?? 0,
    };
    this.table = { ...this.table, checks: [...this.table.checks, check] };
  }

  #addForeignKey(constraint: Extract<TableConstraint, { kind: 'foreignKey' }>): void {
    const objectId = this.#nextId();
    const name = this.#name('FK', constraint.name, objectId, constraint.columns);
    const made = foreignKeyOf(constraint, name, this.table, this.context);
    const foreignKey = { ...made, objectId, isSystemNamed: constraint.name === undefined };
    this.table = { ...this.table, foreignKeys: [...this.table.foreignKeys, foreignKey] };
  }

  #name(
    kind: Parameters<typeof systemName>[0],
    given: string | undefined,
    objectId: number,
    columns: readonly string[],
  ): string {
    if (given === undefined) return systemName(kind, this.table.name, objectId, columns);
    const own = [this.table.name, ...constraintNames(this.table)];
    if (own.some((each) => sameName(each, given))) throw alreadyAnObject(given);
    assertNameFree(this.context.catalogue.state, this.table.schema, given);
    return given;
  }

  #nextId(): number {
    this.#lastObjectId = nextObjectId(this.#lastObjectId);
    return this.#lastObjectId;
  }
}

/** The counter's key. */
export const lastId = 'lastObjectId';

/** 1 is the clustered index. */
export function nextIndexId({ keys, indexes }: Pick<StoredTable, 'keys' | 'indexes'>): number {
  return Math.max(1, ...[...keys, ...indexes].map(({ indexId }) => indexId)) + 1;
}

export function isKeyType({ type }: StoredColumn): boolean {
  return !('length' in type && type.length === 'max');
}

/** PRIMARY KEY (a) makes its columns NOT NULL, unless they were said to be nullable. */
export function namedInPrimaryKey(constraints: readonly TableConstraint[]): ReadonlySet<string> {
  const names = constraints.flatMap((constraint) =>
    constraint.kind === 'primaryKey' ? constraint.columns.map(({ name }) => foldName(name)) : [],
  );
  return new Set(names);
}
