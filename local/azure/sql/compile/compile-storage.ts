// What the catalogue asks of the compiler: parts of table definitions, which have no parameters.

import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { quoteIdentifier } from '../catalogue/names.ts';
import type { StorageRules } from '../catalogue/storage-rules.ts';
import { kindOf } from '../values/type-rules.ts';
import { undeclaredVariable } from './bind-error.ts';
import { castTo } from './cast.ts';
import { collationNamed, defaultCollation } from './collations.ts';
import { keySql, orderSql } from './compare.ts';
import { Compilation } from './compilation.ts';
import { compilers } from './compile-statement.ts';
import { compileCondition } from './conditions.ts';
import { compileExpression } from './expressions.ts';
import { textSql } from './literals.ts';
import { compileQuery } from './queries.ts';
import { SourceScope } from './sources.ts';
import { toColumn } from './typed.ts';

/** What the session supplies comes by a function here: a table's definition has no parameters. */
class DefinitionCompilation extends Compilation {
  override parameter(name: string, type: SqlType): string {
    if (name.startsWith('@') && !name.startsWith('@@')) {
      throw undeclaredVariable(name);
    }
    return `t_given(${textSql(name)}, ${textSql(type.name)})`;
  }
}

/** `catalogue`: for views, which name tables; `defaultSchema`: of who makes them. */
export function createStorageRules(catalogue: Catalogue, defaultSchema = 'dbo'): StorageRules {
  const begin = () =>
    new DefinitionCompilation({ catalogue, defaultSchema, variables: new Map() }, compilers);
  return {
    storedType,
    requireCollation: (name) => void collationNamed(name, 1),
    indexKey: (column, type, collation) => keySql(column, type, collationOfColumn(collation)),
    orderKey: (column, type, collation) => orderSql(column, type, collationOfColumn(collation)),
    compileDefault: (expression, type) =>
      castTo(compileExpression(expression, new SourceScope(), begin()), type).sql,
    compileCheck(condition, columns) {
      const scope = new SourceScope();
      scope.sources.push({
        exposedName: '',
        alias: '',
        columns: columns.map(({ name, type, nullable, collation }) => ({
          name,
          type,
          nullable,
          ...(collation !== undefined && { collation: collationNamed(collation, 1) }),
        })),
      });
      return compileCondition(condition, scope, begin());
    },
    convert: (expression, from, to) =>
      castTo({ sql: expression, type: from, nullable: true }, to, { isExplicit: true }).sql,
    compileView({ query, columns }) {
      const compiled = compileQuery(query, undefined, begin());
      const items = compiled.items.map((item, index) => ({
        ...item,
        name: columns?.[index] ?? item.name,
      }));
      const unnamed = items.findIndex(({ name }) => name === '');
      if (unnamed >= 0) {
        throw new SqlError(
          4511,
          `Create View or Function failed because no column name was specified for column ${unnamed + 1}.`,
        );
      }
      const list = items.map(({ sql, name }) => `${sql} AS ${quoteIdentifier(name)}`);
      return { sql: compiled.render(list), columns: items.map(toColumn) };
    },
  };
}

const collationOfColumn = (name: string | undefined) =>
  name === undefined ? defaultCollation : collationNamed(name, 1);

function storedType(type: SqlType): string {
  switch (kindOf(type)) {
    case 'integer':
      return 'INTEGER';
    case 'float':
      return 'REAL';
    case 'binary':
      return 'BLOB';
    default:
      return 'TEXT';
  }
}
