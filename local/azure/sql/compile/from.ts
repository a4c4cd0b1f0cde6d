// FROM: tables, views, derived tables, joins.
import { SqlError } from '../../tds/sql-error.ts';
import type { CatalogueObject, SystemView } from '../catalogue/catalogue.ts';
import { foldName, quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { ObjectName } from '../tsql/ast/position.ts';
import type { TableSource } from '../tsql/ast/query.ts';
import { isText } from '../values/type-rules.ts';
import { duplicateAlias, invalidObject, otherDatabase } from './bind-error.ts';
import { castTo } from './cast.ts';
import { collationNamed, defaultCollation } from './collations.ts';
import { commonTypeOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { columnName, renderNamed, toSourceColumns } from './compiled-query.ts';
import { textSql } from './literals.ts';
import type { Source, SourceColumn } from './sources.ts';
import { SourceScope } from './sources.ts';

/** ` FROM …`, empty without sources, which are added to the scope. Throws SqlError. */
export function compileFrom(
  sources: readonly TableSource[],
  scope: SourceScope,
  compilation: Compilation,
): string {
  if (sources.length === 0) return '';
  const list = sources.map((each) => {
    const sql = compileSource(each, scope, compilation);
    // In SQLite a comma binds no less than JOIN.
    return each.kind === 'join' && sources.length > 1 ? `(${sql})` : sql;
  });
  return ` FROM ${list.join(', ')}`;
}

function compileSource(node: TableSource, scope: SourceScope, compilation: Compilation): string {
  switch (node.kind) {
    case 'table':
      return compileTable(node, scope, compilation);
    case 'derived':
      return compileDerived(node, scope, compilation);
    case 'values':
      return compileValues(node, scope, compilation);
    default:
      return compileJoin(node, scope, compilation);
  }
}

function add(source: Source, node: TableSource, scope: SourceScope): void {
  const isTaken = scope.sources.some(
    (each) =>
      sameName(each.exposedName, source.exposedName) &&
      (each.schema === undefined ||
        source.schema === undefined ||
        sameName(each.schema, source.schema)),
  );
  if (isTaken) throw duplicateAlias(source.exposedName, node);
  scope.sources.push(source);
}

function compileTable(
  node: Extract<TableSource, { kind: 'table' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const { name } = node;
  const alias = compilation.nextAlias();
  compilation.noteAlias(node, alias);
  const own = name.schema === undefined ? compilation.tables.get(foldName(name.name)) : undefined;
  if (own) {
    add({ exposedName: node.alias ?? name.name, alias, columns: own.columns }, node, scope);
    own.aliases?.push(alias);
    return `${own.sqliteName} AS ${alias}`;
  }
  const object = findSource(name, compilation);
  const exposed =
    node.alias === undefined
      ? { exposedName: object.name, schema: object.schema }
      : { exposedName: node.alias };
  add({ ...exposed, alias, columns: columnsOf(object) }, node, scope);
  if (object.kind === 'systemView') return `${systemViewSql(object)} AS ${alias}`;
  return `${quoteIdentifier(storageNameOf(object))} AS ${alias}`;
}

type SourceObject = Exclude<CatalogueObject, { kind: 'procedure' }>;

/** Throws SqlError 208, 40515 for another database. */
export function findSource(name: ObjectName, { scope }: Compilation): SourceObject {
  const { catalogue, defaultSchema } = scope;
  if (name.database !== undefined && !sameName(name.database, catalogue.databaseName)) {
    throw otherDatabase(name);
  }
  const schemas = name.schema === undefined ? [defaultSchema, 'dbo'] : [name.schema];
  // Old names of system views answer without schema as well.
  for (const schema of schemas) {
    const object = catalogue.findObject(schema, name.name);
    if (object && object.kind !== 'procedure') return object;
  }
  throw invalidObject(name);
}

function storageNameOf(object: Exclude<SourceObject, SystemView>): string {
  return (object as { storageName?: string }).storageName ?? object.name;
}

export function columnsOf(object: SourceObject): readonly SourceColumn[] {
  return object.columns.map((column) => {
    const { name, type, nullable, identity } = column;
    const collation =
      'collation' in column && typeof column.collation === 'string' ? column.collation : undefined;
    const known = collation === undefined ? defaultCollation : collationNamed(collation, 1);
    return {
      name,
      type,
      nullable,
      ...(identity && { identity }),
      ...(isText(type) && { collation: known }),
    };
  });
}

/** Its rows come as JSON from the session, which knows who asks. */
function systemViewSql(view: SystemView): string {
  const columns = view.columns.map(({ name, type }, index) => {
    const value = `j.value ->> '$[${index}]'`;
    const isBytes = type.name === 'varbinary' || type.name === 'binary';
    return `${isBytes ? `unhex(${value})` : value} AS ${quoteIdentifier(name)}`;
  });
  return `(SELECT ${columns.join(', ')} FROM json_each(t_system_rows(${textSql(`${view.schema}.${view.name}`)})) AS j)`;
}

function compileDerived(
  node: Extract<TableSource, { kind: 'derived' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const query = compilation.query(node.query, scope.parent);
  const alias = compilation.nextAlias();
  const columns = toSourceColumns(query.items, node.columns, node.alias, node);
  add({ exposedName: node.alias, alias, columns }, node, scope);
  return `(${renamed(renderNamed(query), columns)}) AS ${alias}`;
}

function renamed(rows: string, columns: readonly SourceColumn[]): string {
  const list = columns.map(({ name }, index) => `${columnName(index)} AS ${quoteIdentifier(name)}`);
  return `SELECT ${list.join(', ')} FROM (${rows})`;
}

function compileValues(
  node: Extract<TableSource, { kind: 'values' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const inner = new SourceScope(scope.parent);
  const rows = node.rows.map((row) => row.map((each) => compilation.expression(each, inner)));
  const width = node.columns.length;
  if (rows.some((row) => row.length !== width)) {
    throw new SqlError(
      10709,
      'The number of columns for each row in a table value constructor must be the same.',
    );
  }
  const types = node.columns.map((_name, index) =>
    commonTypeOf(rows.map((row) => row[index] as (typeof row)[number])),
  );
  const columns = node.columns.map((name, index) => ({
    name,
    type: types[index] as (typeof types)[number],
    nullable: rows.some((row) => row[index]?.nullable),
  }));
  const alias = compilation.nextAlias();
  add({ exposedName: node.alias, alias, columns }, node, scope);
  const selects = rows.map(
    (row) =>
      `SELECT ${row.map((each, index) => `${castTo(each, types[index] as (typeof types)[number]).sql} AS ${columnName(index)}`).join(', ')}`,
  );
  return `(${renamed(selects.join(' UNION ALL '), columns)}) AS ${alias}`;
}

const joinSql = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  // SQLite's CROSS JOIN means that the order is not to be changed.
  cross: 'JOIN',
} as const;

function compileJoin(
  node: Extract<TableSource, { kind: 'join' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const before = scope.sources.length;
  const left = compileSource(node.left, scope, compilation);
  const middle = scope.sources.length;
  const right = compileSource(node.right, scope, compilation);
  // ON sees the tables of this join, not those that stand beside it.
  const inner = new SourceScope(scope.parent);
  inner.sources.push(...scope.sources.slice(before));
  inner.clause = 'ON';
  const on = node.on ? ` ON ${compilation.condition(node.on, inner)}` : '';
  const [first, second] = [scope.sources.slice(before, middle), scope.sources.slice(middle)];
  if (node.type === 'left' || node.type === 'full')
    for (const source of second) source.isNullable = true;
  if (node.type === 'right' || node.type === 'full')
    for (const source of first) source.isNullable = true;
  const grouped = node.right.kind === 'join' ? `(${right})` : right;
  return `${left} ${joinSql[node.type]} ${grouped}${on}`;
}
