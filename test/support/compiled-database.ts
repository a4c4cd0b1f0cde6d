// One database of the SQL engine with its compiler, without sessions: T-SQL in, typed rows out.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../local/azure/clock.ts';
import { CatalogueStore } from '../../local/azure/sql/catalogue/catalogue-store.ts';
import { applyDefinition } from '../../local/azure/sql/catalogue/define/apply-definition.ts';
import { explainViolation } from '../../local/azure/sql/catalogue/explain-violation.ts';
import { IdentityValues } from '../../local/azure/sql/catalogue/identity-values.ts';
import { SessionCatalogue } from '../../local/azure/sql/catalogue/session-catalogue.ts';
import { systemViews } from '../../local/azure/sql/catalogue/views/system-views.ts';
import {
  compileStatement,
  type DataStatement,
} from '../../local/azure/sql/compile/compile-statement.ts';
import { createStorageRules } from '../../local/azure/sql/compile/compile-storage.ts';
import type { CompiledStatement, CompiledStep } from '../../local/azure/sql/compile/compiled.ts';
import { runListed } from '../../local/azure/sql/run/listed-changes.ts';
import { DatabaseSecurityContext } from '../../local/azure/sql/security/database-security-context.ts';
import type { Statement } from '../../local/azure/sql/tsql/ast/statement.ts';
import { parseBatch } from '../../local/azure/sql/tsql/parse-batch.ts';
import { registerFunctions } from '../../local/azure/sql/values/register-functions.ts';
import { fromStored } from '../../local/azure/sql/values/stored-value.ts';
import { SqlError } from '../../local/azure/tds/sql-error.ts';
import type { SqlType, SqlValue } from '../../local/azure/tds/sql-type.ts';

/** Of a variable: `{ '@id': [{ name: 'int' }, 1] }`. */
export type Variables = Readonly<Record<string, readonly [SqlType, SqlValue]>>;

export interface CompiledDatabase {
  readonly sqlite: DatabaseSync;
  readonly catalogue: SessionCatalogue;
  /** What the session would supply: `#datetime2` and the like. */
  readonly given: Map<string, SqlValue>;
  /** The table that IDENTITY_INSERT is on for. */
  identityInsert: { readonly schema: string; readonly name: string } | undefined;
  compile(text: string, variables?: Variables): CompiledStatement;
  /** Undefined for what is no query and no change of rows. */
  compileParsed(statement: Statement, variables?: Variables): CompiledStatement | undefined;
  /** Runs a batch; rows of its last statement. Throws SqlError. */
  rows(text: string, variables?: Variables): readonly (readonly SqlValue[])[];
  /** The first value of the first row. */
  value(text: string, variables?: Variables): SqlValue;
  /** The first column of all rows. */
  list(text: string, variables?: Variables): readonly SqlValue[];
  /** What SQLite says that it will do, a step a line. */
  plan(text: string, variables?: Variables): string;
}

const dataKinds: ReadonlySet<string> = new Set([
  'query',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
]);

const isData = (statement: Statement): statement is Statement & DataStatement =>
  dataKinds.has(statement.kind);

export function openCompiledDatabase(definitions = ''): CompiledDatabase {
  const sqlite = new DatabaseSync(':memory:');
  const databaseName = 'inventory';
  const store = new CatalogueStore(sqlite, {
    databaseName,
    clock: systemClock,
    systemViews: systemViews({
      databaseName,
      listDatabases: () => [],
      firewallRules: () => [],
      listSessions: () => [],
    }),
  });
  const catalogue = new SessionCatalogue(store, sqlite);
  const security = new DatabaseSecurityContext(catalogue, {
    loginName: 'admin',
    originalLoginName: 'admin',
    principalIds: [1],
  });
  const given = new Map<string, SqlValue>([
    ['#datetime', '2026-11-25 07:30:15.123'],
    ['#datetime2', '2026-11-25 07:30:15.1234567'],
    ['#datetimeoffset', '2026-11-25 07:30:15.1234567 +00:00'],
    ['#date', '2026-11-25'],
    ['#login', 'admin'],
    ['#original_login', 'admin'],
    ['#user', 'dbo'],
    ['#database_id', 5],
    ['@@rowcount', 0],
  ]);
  const identities = new IdentityValues();
  registerFunctions(sqlite, {
    catalogue,
    security,
    serverName: 'server',
    applicationName: 'test',
    value: (name) => given.get(name) ?? null,
    nextIdentity: (schema, table) => {
      const object = catalogue.state.objects.get(
        `${schema.length}:${schema}.${table}`.toLowerCase(),
      );
      if (object?.kind !== 'table') throw new Error(`No table ${table}.`);
      return identities.next(object, sqlite);
    },
  });
  const rules = createStorageRules(catalogue);

  const compileOne = (statement: DataStatement, variables: Variables) =>
    compileStatement(statement, {
      catalogue,
      defaultSchema: 'dbo',
      variables: new Map(Object.entries(variables).map(([name, [type]]) => [name, type])),
      ...(database.identityInsert && { identityInsert: database.identityInsert }),
    });

  const bound = ({ parameters }: CompiledStep, variables: Variables) =>
    parameters.map(({ name }) => {
      const value = variables[name]?.[1] ?? given.get(name) ?? null;
      return value;
    });

  const run = (
    statement: DataStatement,
    variables: Variables,
  ): readonly (readonly SqlValue[])[] => {
    const compiled = compileOne(statement, variables);
    const types = compiled.columns ?? compiled.assigns ?? [];
    const all = () => {
      const prepared = sqlite.prepare(compiled.sql);
      prepared.setReturnArrays(true);
      prepared.setReadBigInts(true);
      return prepared.all(...bound(compiled, variables)) as unknown as unknown[][];
    };
    const prepare = () => {
      if (!compiled.listed) return all();
      return runListed({ ...compiled, listed: compiled.listed }, sqlite, {
        step: (step) => Number(sqlite.prepare(step.sql).run(...bound(step, variables)).changes),
        last: all,
      }).result;
    };
    try {
      return prepare().map((row) =>
        row.map((value, index) => fromStored(value, (types[index] as { type: SqlType }).type)),
      );
    } catch (error) {
      if (error instanceof SqlError) throw error;
      const words =
        compiled.kind === 'update' ? 'UPDATE' : compiled.kind === 'delete' ? 'DELETE' : 'INSERT';
      throw (
        explainViolation({
          error,
          statement: words,
          catalogue,
          database: sqlite,
          retry: () => void prepare(),
        }) ?? error
      );
    }
  };

  const database: CompiledDatabase = {
    sqlite,
    catalogue,
    given,
    identityInsert: undefined,
    compile: (text, variables = {}) => {
      const [statement] = parseBatch(text);
      assert.ok(statement && isData(statement), text);
      return compileOne(statement, variables);
    },
    compileParsed: (statement, variables = {}) =>
      isData(statement) ? compileOne(statement, variables) : undefined,
    rows: (text, variables = {}) => {
      let last: readonly (readonly SqlValue[])[] = [];
      for (const statement of parseBatch(text)) {
        if (isData(statement)) last = run(statement, variables);
        else {
          applyDefinition(statement as Parameters<typeof applyDefinition>[0], {
            catalogue,
            database: sqlite,
            security,
            rules,
          });
          catalogue.publish();
        }
      }
      return last;
    },
    value: (text, variables) => database.rows(text, variables)[0]?.[0] ?? null,
    list: (text, variables) => database.rows(text, variables).map((row) => row[0] ?? null),
    plan: (text, variables = {}) => {
      const compiled = database.compile(text, variables);
      return sqlite
        .prepare(`EXPLAIN QUERY PLAN ${compiled.sql}`)
        .all(...bound(compiled, variables))
        .map(({ detail }) => String(detail))
        .join('\n');
    },
  };
  if (definitions !== '') database.rows(definitions);
  return database;
}
