import assert from 'node:assert/strict';
import { it } from 'node:test';
import { IdentityValues } from '../../../../../local/azure/sql/catalogue/identity-values.ts';
import { openSqlDatabase } from '../../../../support/sql-database.ts';

it('counts from the seed, never back, and behind what is in the table after a restart', () => {
  const db = openSqlDatabase();
  db.run('CREATE TABLE dbo.T (Id int IDENTITY(10, 5), Note int); CREATE TABLE dbo.U (Id int)');
  const find = (name: string) => {
    const object = db.catalogue.state.objects.get(`3:dbo.${name}`);
    if (object?.kind !== 'table') throw new Error(name);
    return object;
  };
  const table = find('t');
  const values = new IdentityValues();
  assert.equal(values.last(table, db.sqlite), undefined);
  assert.deepEqual([values.next(table, db.sqlite), values.next(table, db.sqlite)], [10n, 15n]);
  values.note(table, 12n, db.sqlite);
  assert.equal(values.next(table, db.sqlite), 20n);
  values.note(table, 40n, db.sqlite);
  assert.equal(values.next(table, db.sqlite), 45n);
  db.execute('INSERT INTO {dbo.T} VALUES (45, 1)');
  assert.equal(new IdentityValues().next(table, db.sqlite), 50n);
  db.execute('DELETE FROM {dbo.T}');
  values.forget(table);
  assert.equal(values.next(table, db.sqlite), 10n);
  assert.throws(() => values.next(find('u'), db.sqlite), TypeError);
});
