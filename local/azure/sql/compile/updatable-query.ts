import { SqlError } from '../../tds/sql-error.ts';
import type { Table } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { CommonTableExpression } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { aggregates } from './aggregate-names.ts';
import { invalidColumn } from './bind-error.ts';
import type { Compilation } from './compilation.ts';
import { toSourceColumns } from './compiled-query.ts';
import type { Source } from './sources.ts';
import { findTarget, rowIdOf } from './write-target.ts';

/** The row of the table that a row of the query shows: no column has such a name. */
const ROW = '"row of table"';

export interface Updatable {
  readonly table: Table;
  readonly source: Source;
  readonly from: string;
  readonly row: string;
  /** Throws SqlError 207, 4406. */
  base(column: { readonly name: string; readonly line: number }): string;
}

/**
 * A query whose rows are rows of one table, as the target of a change: `WITH c AS (SELECT …) DELETE FROM c`. Throws
 * SqlError 4403, 4426, 40517 [https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql].
 */
export function compileUpdatable(
  { name, columns: given, query, ...position }: CommonTableExpression,
  exposedName: string,
  compilation: Compilation,
): Updatable {
  const { body } = query;
  if (body.kind !== 'select') {
    throw new SqlError(
      4426,
      `View '${name}' is not updatable because the definition contains a UNION operator.`,
    );
  }
  if (body.distinct || body.groupBy.length > 0 || body.having || aggregates(body.items)) {
    throw new SqlError(
      4403,
      `Cannot update the view or function '${name}' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.`,
    );
  }
  const [only, second] = body.from;
  if (only?.kind !== 'table' || second || body.top?.withTies) {
    throw unsupportedOption('a query of other than one table as the target', position.line);
  }
  const table = findTarget(only.name, compilation);
  const compiled = compilation.query(query, undefined);
  const alias = compilation.aliasOf(only);
  const columns = toSourceColumns(compiled.items, given, name, position);
  const shown = compiled.items.map(
    ({ sql }, index) => `${sql} AS ${quoteIdentifier(columns[index]?.name ?? '')}`,
  );
  const rows = compiled.render([...shown, `${alias}.${rowIdOf(table)} AS ${ROW}`]);
  const source = { exposedName, alias: compilation.nextAlias(), columns };
  return {
    table,
    source,
    from: ` FROM (${rows}) AS ${source.alias}`,
    row: `${source.alias}.${ROW}`,
    base: ({ name: wanted, line }) => {
      const index = columns.findIndex((each) => sameName(each.name, wanted));
      if (index < 0) throw invalidColumn(wanted, { line, start: 0 });
      const column = compiled.items[index]?.column;
      if (column) return column.name;
      throw new SqlError(
        4406,
        `Update or insert of view or function '${name}' failed because it contains a derived or constant field.`,
      );
    },
  };
}
