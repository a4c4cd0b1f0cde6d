import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openCompiledDatabase, type Variables } from '../../../../support/compiled-database.ts';

const db = openCompiledDatabase(`
  CREATE TABLE dbo.Resource (
    EventId uniqueidentifier NOT NULL CONSTRAINT PK_Resource PRIMARY KEY NONCLUSTERED,
    Name nvarchar(260) NOT NULL,
    Type nvarchar(256) NOT NULL,
    Code nvarchar(20) COLLATE Latin1_General_BIN2 NULL,
    Price decimal(10,2) NULL,
    CreatedAt datetime2(7) NOT NULL,
    INDEX IX_Resource_CreatedAt UNIQUE CLUSTERED (CreatedAt, EventId DESC),
    INDEX IX_Resource_Type (Type, CreatedAt, EventId DESC),
    INDEX IX_Name (Name),
    INDEX IX_Code UNIQUE (Code) WHERE Code IS NOT NULL,
    INDEX IX_Price (Price))`);
const guid = { name: 'uniqueidentifier' } as const;
const time = { name: 'datetime2', scale: 7 } as const;
const text = { name: 'nvarchar', length: 260 } as const;
const variables: Variables = {
  '@id': [guid, '00000000-0000-0000-0000-000000000001'],
  '@n': [text, 'a'],
  '@at': [time, '2026-11-25 00:00:00.0000000'],
  '@top': [{ name: 'int' }, 10],
  '@d': [{ name: 'decimal', precision: 10, scale: 2 }, '1.00'],
};
const plan = (query: string) => db.plan(query, variables);

it('finds a row by index: uniqueidentifier, text in any case, text with case, decimal', () => {
  for (const condition of [
    'EventId = @id',
    'Name = @n',
    'Code = @n AND Code IS NOT NULL',
    'Price = @d',
  ])
    assert.match(
      plan(`SELECT Type FROM Resource WHERE ${condition}`),
      /^SEARCH s1 USING INDEX/,
      condition,
    );
});

it('has indexes of the collation of a column', () => {
  db.rows(`INSERT INTO Resource (EventId, Name, Type, Code, CreatedAt) VALUES
    (NEWID(), N'a', N't', N'x', '2026-01-01'), (NEWID(), N'a', N't', N'X', '2026-01-01')`);
  assert.equal(db.value("SELECT COUNT(*) FROM Resource WHERE Code = N'x'"), 1);
  db.rows('DELETE FROM Resource');
});

const page = (where: string) =>
  `SELECT TOP (@top) EventId, Name FROM Resource ${where} ORDER BY CreatedAt DESC, EventId`;

it('reads pages in the order of an index, and sorts nothing', () => {
  const after = '(CreatedAt < @at OR (CreatedAt = @at AND EventId > @id))';
  for (const where of ['', `WHERE ${after}`, 'WHERE Type = @n', `WHERE Type = @n AND ${after}`]) {
    const steps = plan(page(where));
    assert.match(steps, /^(SCAN|SEARCH) s1 USING INDEX/, steps);
    assert.doesNotMatch(steps, /TEMP B-TREE|MULTI-INDEX/, steps);
  }
});

it('begins a page where it begins, and reads nothing before it', () => {
  const after = '(CreatedAt < @at OR (CreatedAt = @at AND EventId > @id))';
  assert.match(plan(page(`WHERE ${after}`)), /^SEARCH s1 USING INDEX \S+ \(CreatedAt<\?\)/);
});

it('walks over all pages, each row once', () => {
  const values = Array.from({ length: 57 }, (_, index) => {
    const hex = ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
    return `('${hex}-0000-0000-${hex.slice(0, 4)}-${hex}0000', N'n${index}', N't', '2026-01-0${(index % 3) + 1}')`;
  });
  db.rows(`INSERT INTO Resource (EventId, Name, Type, CreatedAt) VALUES ${values.join(', ')}`);
  const seen = new Set<unknown>();
  let where = '';
  let bound: Variables = variables;
  for (;;) {
    const rows = db.rows(page(where).replace('EventId, Name', 'EventId, CreatedAt'), bound);
    for (const [id] of rows) {
      assert.ok(!seen.has(id));
      seen.add(id);
    }
    const last = rows.at(-1);
    if (!last) break;
    where = 'WHERE (CreatedAt < @at OR (CreatedAt = @at AND EventId > @id))';
    bound = { ...variables, '@id': [guid, last[0] ?? null], '@at': [time, last[1] ?? null] };
  }
  assert.equal(seen.size, 57);
});

it('reads plain columns without a call for each', () => {
  assert.equal(
    db
      .compile('SELECT EventId, Name, CreatedAt, Price FROM Resource')
      .sql.replace(/"t\d+"/, '"TABLE"'),
    'SELECT s1."EventId" AS c1, s1."Name" AS c2, s1."CreatedAt" AS c3, s1."Price" AS c4 FROM "TABLE" AS s1',
  );
});
