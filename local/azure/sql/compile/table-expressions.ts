// WITH: common table expressions, recursive ones too.
import { SqlError } from '../../tds/sql-error.ts';
import { foldName, quoteIdentifier } from '../catalogue/names.ts';
import type { CommonTableExpression, QueryBody } from '../tsql/ast/query.ts';
import { typeText } from '../values/type-text.ts';
import { at } from './bind-error.ts';
import { castTo } from './cast.ts';
import type { Compilation, KnownTable } from './compilation.ts';
import { type CompiledQuery, toSourceColumns } from './compiled-query.ts';
import type { SourceScope } from './sources.ts';
import type { NamedItem } from './typed.ts';

/** How deep a recursive one is at a row: SQLite itself knows no end. */
const LEVEL = '"level of recursion"';

/** WITH before a change: its tables are known from here on. Empty without one. Throws SqlError. */
export function withSql(nodes: readonly CommonTableExpression[], compilation: Compilation): string {
  if (nodes.length === 0) return '';
  const list = nodes.map((each) => {
    const sql = compileTableExpression(each, undefined, compilation);
    const key = foldName(each.name);
    const known = compilation.tables.get(key) as KnownTable;
    compilation.tables = new Map(compilation.tables).set(key, { ...known, definition: each });
    return sql;
  });
  return `WITH RECURSIVE ${list.join(', ')} `;
}

/** Registers the table for what follows; gives its SQL. Throws SqlError. */
export function compileTableExpression(
  node: CommonTableExpression,
  parent: SourceScope | undefined,
  compilation: Compilation,
): string {
  const { name, query } = node;
  const { body } = query;
  const sqliteName = compilation.nextAlias('w');
  if (body.kind === 'unionAll' && reads(body.right, name)) {
    return compileRecursive({ ...node, body }, sqliteName, parent, compilation);
  }
  const compiled = compilation.query(query, parent);
  const { columns } = register(node, sqliteName, compiled.items, compilation);
  return `${sqliteName}(${columnList(columns)}) AS (${renderPlain(compiled)})`;
}

/** Its first part says what its columns are. */
function compileRecursive(
  node: CommonTableExpression & { readonly body: Exclude<QueryBody, { kind: 'select' }> },
  sqliteName: string,
  parent: SourceScope | undefined,
  compilation: Compilation,
): string {
  const { name, query, body } = node;
  const part = (side: QueryBody) =>
    compilation.query({ ...query, with: [], body: side, orderBy: [] }, parent);
  const anchor = part(body.left);
  const aliases: string[] = [];
  const table = register(node, sqliteName, anchor.items, compilation, aliases);
  const recursive = part(body.right);
  requireSameTypes(name, anchor, recursive);
  const [alias] = aliases;
  if (alias === undefined) {
    const { line } = node;
    throw at(
      new SqlError(
        252,
        `Recursive common table expression '${name}' does not contain a top-level UNION ALL operator.`,
      ),
      { line },
    );
  }
  const converted = recursive.items.map(
    (item, index) => castTo(item, anchor.items[index]?.type ?? item.type).sql,
  );
  const first = anchor.render([...anchor.items.map(({ sql }) => sql), '0']);
  const next = recursive.render([...converted, `t_deeper(${alias}.${LEVEL})`]);
  return `${sqliteName}(${columnList(table.columns)}, ${LEVEL}) AS (${first} UNION ALL ${next})`;
}

function requireSameTypes(name: string, anchor: CompiledQuery, recursive: CompiledQuery): void {
  anchor.items.forEach((item, index) => {
    const other = recursive.items[index];
    if (!other || other.isUntyped || typeText(other.type) === typeText(item.type)) return;
    throw new SqlError(
      240,
      `Types don't match between the anchor and the recursive part in column "${item.name}" of recursive query "${name}".`,
    );
  });
}

function register(
  { name, columns, ...position }: CommonTableExpression,
  sqliteName: string,
  items: readonly NamedItem[],
  compilation: Compilation,
  aliases?: string[],
): KnownTable {
  const table = {
    sqliteName,
    columns: toSourceColumns(items, columns, name, position),
    ...(aliases && { aliases }),
  };
  compilation.tables = new Map(compilation.tables).set(foldName(name), table);
  return table;
}

const renderPlain = (query: CompiledQuery) => query.render(query.items.map(({ sql }) => sql));

const columnList = (columns: KnownTable['columns']) =>
  columns.map(({ name }) => quoteIdentifier(name)).join(', ');

/** Whether a table of that name without schema is among the sources. */
function reads(body: unknown, name: string): boolean {
  if (Array.isArray(body)) return body.some((each) => reads(each, name));
  if (typeof body !== 'object' || body === null) return false;
  const node = body as { kind?: unknown; name?: { schema?: string; name?: unknown } };
  if (node.kind === 'table' && node.name?.schema === undefined) {
    return foldName(String(node.name?.name)) === foldName(name);
  }
  return Object.values(body).some((each) => reads(each, name));
}
