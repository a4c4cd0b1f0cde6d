// The decision against a model of its own: no tables, only the sentences of the documentation.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { openSqlDatabase } from '../../../../support/sql-database.ts';

type Scope = 'database' | 'schema' | 'object' | 'column';
interface Entry {
  readonly verb: 'GRANT' | 'DENY';
  readonly permission: 'SELECT' | 'UPDATE' | 'CONTROL' | 'ALTER' | 'INSERT';
  readonly scope: Scope;
  readonly to: 'app' | 'mine' | 'public' | 'stranger';
}

const on: Record<Scope, string> = {
  database: '',
  schema: ' ON SCHEMA::s',
  object: ' ON s.T',
  column: ' (A) ON s.T',
};

/** May `app` (in role `mine`) do `wanted` on column A of s.T? */
function model(entries: readonly Entry[], wanted: 'SELECT' | 'UPDATE'): boolean {
  const own = entries.filter(({ to }) => to !== 'stranger');
  const says = (verb: Entry['verb'], scopes: readonly Scope[], permission: Entry['permission']) =>
    own.some((e) => e.verb === verb && e.permission === permission && scopes.includes(e.scope));
  const above: readonly Scope[] = ['database', 'schema'];
  const all: readonly Scope[] = [...above, 'object'];
  if (says('DENY', ['column'], wanted)) return false;
  if (says('DENY', all, 'CONTROL') || says('DENY', above, wanted)) return false;
  if (says('GRANT', ['column'], wanted)) return true;
  if (says('DENY', ['object'], wanted)) return false;
  return says('GRANT', all, wanted) || says('GRANT', all, 'CONTROL');
}

const entry = fc
  .record<Entry>({
    verb: fc.constantFrom('GRANT', 'DENY'),
    permission: fc.constantFrom('SELECT', 'UPDATE', 'CONTROL', 'ALTER', 'INSERT'),
    scope: fc.constantFrom('database', 'schema', 'object', 'column'),
    to: fc.constantFrom('app', 'mine', 'public', 'stranger'),
  })
  .filter(({ scope, permission }) => scope !== 'column' || /SELECT|UPDATE/.test(permission));

/** The later one counts, and one on the whole table takes the place of those on its columns. */
function settle(entries: readonly Entry[]): readonly Entry[] {
  const kept: Entry[] = [];
  for (const each of entries) {
    const replaced = (old: Entry) =>
      old.to === each.to &&
      old.permission === each.permission &&
      (old.scope === each.scope || (each.scope === 'object' && old.scope === 'column'));
    kept.splice(0, kept.length, ...kept.filter((old) => !replaced(old)), each);
  }
  return kept;
}

it('decides as the model does, whatever was granted and denied', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const db = openSqlDatabase();
      db.run('CREATE SCHEMA s');
      db.run('CREATE TABLE s.T (A int, B int)');
      db.run('CREATE USER app WITHOUT LOGIN; CREATE USER stranger WITHOUT LOGIN; CREATE ROLE mine');
      db.run('ALTER ROLE mine ADD MEMBER app');
      for (const { verb, permission, scope, to } of entries) {
        db.run(`${verb} ${permission}${on[scope]} TO ${to}`);
      }
      const settled = settle(entries);
      const target = { kind: 'object', schema: 'S', name: 't', column: 'a' } as const;
      for (const wanted of ['SELECT', 'UPDATE'] as const) {
        assert.equal(db.as('app').has(wanted, target), model(settled, wanted), wanted);
        assert.equal(db.dbo.has(wanted, target), true);
      }
      db.sqlite.close();
    }),
    { numRuns: 300 },
  );
});
