// A view of the system: columns by name and type, rows as objects; what a row leaves out is NULL.
import type { Column } from '../../../tds/sql-session.ts';
import type { SqlType, SqlValue } from '../../../tds/sql-type.ts';
import { DatabaseSecurityContext } from '../../security/database-security-context.ts';
import type { SystemView } from '../catalogue.ts';
import type { CatalogueState } from '../catalogue-state.ts';

export interface ViewSource {
  readonly state: CatalogueState;
  readonly security: DatabaseSecurityContext;
  readonly databaseName: string;
}

type ColumnType =
  | 'bit'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'datetime'
  | 'sysname'
  | 'uniqueidentifier'
  | `${'char' | 'varchar' | 'nvarchar' | 'varbinary'}(${number | 'max'})`;

/** With `?`: may be NULL. */
export type ColumnTypes = Readonly<Record<string, ColumnType | `${ColumnType}?`>>;

export function defineView<T extends ColumnTypes>(
  schema: SystemView['schema'],
  name: string,
  types: T,
  rows: (source: ViewSource) => Iterable<Readonly<Partial<Record<keyof T, SqlValue>>>>,
): SystemView {
  const columns = Object.entries(types).map(
    ([column, type]): Column => ({
      name: column,
      type: typeOf(type.replace('?', '')),
      nullable: type.endsWith('?'),
    }),
  );
  return {
    kind: 'systemView',
    schema,
    name,
    columns,
    rows: (security) => {
      if (!(security instanceof DatabaseSecurityContext)) {
        throw new TypeError('Rights of no database.');
      }
      const { state, databaseName } = security.catalogue;
      return [...rows({ state, security, databaseName })].map((row) =>
        columns.map((column) => row[column.name as keyof T] ?? null),
      );
    },
  };
}

function typeOf(text: string): SqlType {
  if (text === 'sysname') return { name: 'nvarchar', length: 128 };
  const [, name, length] = /^(\w+)(?:\((\w+)\))?$/.exec(text) ?? [];
  switch (name) {
    case 'char':
    case 'varchar':
    case 'nvarchar':
    case 'varbinary':
      return { name, length: length === 'max' ? 'max' : Number(length) };
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'datetime':
    case 'uniqueidentifier':
      return { name };
    default:
      throw new Error(`No type ${text}.`);
  }
}

export const bit = (value: boolean) => (value ? 1 : 0);
