// One database of the SQL engine without its compiler: catalogue, rights, and SQLite statements written by hand.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../local/azure/clock.ts';
import { Directory } from '../../local/azure/directory.ts';
import { CatalogueStore } from '../../local/azure/sql/catalogue/catalogue-store.ts';
import { applyDefinition } from '../../local/azure/sql/catalogue/define/apply-definition.ts';
import { explainViolation } from '../../local/azure/sql/catalogue/explain-violation.ts';
import { quoteIdentifier } from '../../local/azure/sql/catalogue/names.ts';
import { SessionCatalogue } from '../../local/azure/sql/catalogue/session-catalogue.ts';
import type { StorageRules } from '../../local/azure/sql/catalogue/storage-rules.ts';
import { systemViews } from '../../local/azure/sql/catalogue/views/system-views.ts';
import { DatabaseSecurityContext } from '../../local/azure/sql/security/database-security-context.ts';
import { applySecurityStatement } from '../../local/azure/sql/security/principals/apply-security-statement.ts';
import { StatementAuthorizer } from '../../local/azure/sql/security/statement-authorizer.ts';
import type { Condition, Expression } from '../../local/azure/sql/tsql/ast/expression.ts';
import { parseBatch } from '../../local/azure/sql/tsql/parse-batch.ts';
import { tenantId } from '../../local/azure/tenant.ts';

const isText = (name: string) => /char/.test(name);

/** Enough of the compiler for definitions: literals, columns, comparisons. */
const rules: StorageRules = {
  requireCollation: () => {},
  storedType: ({ name }) =>
    isText(name) || name === 'uniqueidentifier' || name === 'datetime2' ? 'TEXT' : 'INTEGER',
  indexKey: (column, { name }) => (isText(name) ? `lower(rtrim(${column}))` : column),
  compileDefault: (expression) => expressionSql(expression),
  compileCheck: (condition) => conditionSql(condition),
  convert: (expression, _, { name }) =>
    `CAST(${expression} AS ${isText(name) ? 'TEXT' : 'INTEGER'})`,
  compileView: () => {
    throw new Error('No views without the compiler.');
  },
};

function expressionSql(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.digits;
    case 'string':
      return `'${expression.value.replaceAll("'", "''")}'`;
    case 'column':
      return quoteIdentifier(expression.name);
    case 'null':
      return 'NULL';
    default:
      throw new Error(`No ${expression.kind} without the compiler.`);
  }
}

function conditionSql(condition: Condition): string {
  if (condition.kind === 'isNull') {
    return `${expressionSql(condition.operand)} IS ${condition.negated ? 'NOT ' : ''}NULL`;
  }
  if (condition.kind !== 'comparison')
    throw new Error(`No ${condition.kind} without the compiler.`);
  const { left, operator, right } = condition;
  return `${expressionSql(left)} ${operator} ${expressionSql(right)}`;
}

export interface TestDatabase {
  readonly sqlite: DatabaseSync;
  readonly store: CatalogueStore;
  readonly catalogue: SessionCatalogue;
  readonly directory: Directory;
  readonly dbo: DatabaseSecurityContext;
  /** The rights of a user of the database. */
  as(user: string): DatabaseSecurityContext;
  /** Runs T-SQL definitions and security statements, `dbo`'s unless told. Throws SqlError and undoes the statement. */
  run(text: string, security?: DatabaseSecurityContext): void;
  /** Runs SQLite on `{schema.table}`, as the engine does: checked, then run; violations are explained. */
  execute(sql: string, security?: DatabaseSecurityContext, chainOwnerId?: number): unknown[];
  storageName(name: string): string;
}

export function openSqlDatabase({ file = ':memory:', name = 'inventory' } = {}): TestDatabase {
  const sqlite = new DatabaseSync(file);
  const store = new CatalogueStore(sqlite, {
    databaseName: name,
    clock: systemClock,
    systemViews: systemViews({
      databaseName: name,
      listDatabases: () => [],
      firewallRules: () => [],
      listSessions: () => [],
    }),
  });
  const catalogue = new SessionCatalogue(store, sqlite);
  const directory = new Directory(tenantId);
  const authorizer = new StatementAuthorizer(() => undefined);
  const context = (principalId: number, loginName: string) =>
    new DatabaseSecurityContext(catalogue, {
      loginName,
      originalLoginName: loginName,
      principalIds: [principalId],
    });
  const dbo = context(1, 'admin');
  const storageName = (named: string) => {
    const [schema = '', table = ''] = named.split('.');
    const object = catalogue.findObject(schema, table);
    if (object?.kind !== 'table') throw new Error(`No table ${named}.`);
    return object.storageName;
  };
  return {
    sqlite,
    store,
    catalogue,
    directory,
    dbo,
    storageName,
    as: (user) => {
      const found = catalogue.state.principals.get(user.toLowerCase());
      if (!found) throw new Error(`No user ${user}.`);
      return context(found.principalId, user);
    },
    run: (text, security = dbo) => {
      for (const statement of parseBatch(text)) {
        const mark = catalogue.mark();
        sqlite.exec('SAVEPOINT statement');
        try {
          if (
            statement.kind === 'createUser' ||
            statement.kind === 'alterUser' ||
            statement.kind === 'dropUser' ||
            statement.kind === 'createRole' ||
            statement.kind === 'alterRole' ||
            statement.kind === 'dropRole' ||
            statement.kind === 'grant' ||
            statement.kind === 'deny' ||
            statement.kind === 'revoke'
          ) {
            applySecurityStatement(statement, { catalogue, security, directory });
          } else {
            applyDefinition(statement as Parameters<typeof applyDefinition>[0], {
              catalogue,
              database: sqlite,
              security,
              rules,
            });
          }
          sqlite.exec('RELEASE statement');
        } catch (error) {
          sqlite.exec('ROLLBACK TO statement');
          sqlite.exec('RELEASE statement');
          catalogue.restore(mark);
          throw error;
        }
        if (!sqlite.isTransaction) catalogue.publish();
      }
    },
    execute: (text, security = dbo, chainOwnerId?: number) => {
      const sql = text.replace(/\{([^}]+)\}/g, (_, named: string) =>
        quoteIdentifier(storageName(named)),
      );
      authorizer.authorize(sql, catalogue, {
        security,
        ...(chainOwnerId !== undefined && { chainOwnerId }),
      });
      try {
        return sqlite.prepare(sql).all();
      } catch (error) {
        const [statement] = /INSERT|UPDATE|DELETE/.exec(sql) ?? [];
        throw (
          explainViolation({
            error,
            statement: (statement ?? 'INSERT') as 'INSERT',
            catalogue,
            database: sqlite,
            retry: () => void sqlite.prepare(sql).all(),
          }) ?? error
        );
      }
    },
  };
}

/** A database with the table that tests of definitions begin with. */
export function openInventory(): TestDatabase {
  const db = openSqlDatabase();
  db.run('CREATE SCHEMA inventory');
  db.run(`CREATE TABLE inventory.Resource (
    Id int NOT NULL CONSTRAINT PK_Resource PRIMARY KEY,
    Name nvarchar(50) NOT NULL,
    Size int NULL CONSTRAINT CK_Size CHECK (Size > 0),
    Kind nvarchar(20) NOT NULL CONSTRAINT DF_Kind DEFAULT N'vm',
    CONSTRAINT UQ_Name UNIQUE (Name))`);
  return db;
}

/** Throws SqlError of this number, with these words if given. */
export const refuses = (run: () => unknown, number: number, message?: string | RegExp) =>
  assert.throws(run, (error: Error & { number?: number }) => {
    assert.equal(error.number, number, error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message) assert.match(error.message, message);
    return true;
  });
