import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type CompiledDatabase,
  openCompiledDatabase,
} from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

describe('MERGE', () => {
  let db: CompiledDatabase;

  beforeEach(() => {
    db = openCompiledDatabase(`
      CREATE TABLE dbo.T (Id int IDENTITY(1,1) NOT NULL PRIMARY KEY, Name nvarchar(5) NULL, Size int NOT NULL DEFAULT 7 CONSTRAINT CK_Size CHECK (Size < 100));
      CREATE UNIQUE INDEX UX_Name ON dbo.T (Name) WHERE Name IS NOT NULL;
      CREATE TABLE dbo.U (Id int NOT NULL, Size int NULL)`);
    db.rows("INSERT INTO T (Name, Size) VALUES (N'a', 1), (N'b', 2), (N'c', 3)");
    db.rows('INSERT INTO U (Id, Size) VALUES (1, 10), (2, 2), (8, 80)');
  });

  const table = () => db.rows('SELECT Id, Name, Size FROM T ORDER BY Id');
  const before = [
    [1, 'a', 1],
    [2, 'b', 2],
    [3, 'c', 3],
  ];

  it('inserts a batch of EF Core and says which row got which identity', () => {
    assert.deepEqual(
      db.rows(
        "MERGE [T] USING (VALUES (N'x', 5, 0), (N'y', 6, 1)) AS i ([Name], [Size], _Position) ON 1=0 WHEN NOT MATCHED THEN INSERT ([Name], [Size]) VALUES (i.[Name], i.[Size]) OUTPUT INSERTED.[Id], i._Position;",
      ),
      [
        [4, 0],
        [5, 1],
      ],
    );
    assert.deepEqual(table(), [...before, [4, 'x', 5], [5, 'y', 6]]);
  });

  it('updates what matches, inserts what the target lacks, deletes what the source lacks', () => {
    assert.deepEqual(
      db.rows(
        "MERGE INTO dbo.T WITH (HOLDLOCK) AS t USING U AS s ON t.Id = s.Id WHEN MATCHED AND s.Size > t.Size THEN UPDATE SET Size += s.Size WHEN NOT MATCHED BY TARGET THEN INSERT (Name, Size) VALUES (N'new', DEFAULT) WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action, inserted.Size, deleted.Id, deleted.Size, s.Id;",
      ),
      [
        ['UPDATE', 11, 1, 1, 1],
        ['INSERT', 7, null, null, 8],
        ['DELETE', null, 3, 3, null],
      ],
    );
    assert.deepEqual(table(), [
      [1, 'a', 11],
      [2, 'b', 2],
      [4, 'new', 7],
    ]);
  });

  it('takes the first clause that holds, for a row of either side', () => {
    db.rows(
      "MERGE T USING U ON T.Id = U.Id WHEN MATCHED AND U.Size = 10 THEN DELETE WHEN MATCHED THEN UPDATE SET Name = N'm' WHEN NOT MATCHED BY SOURCE AND T.Id = 9 THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET Name = N's', Size = DEFAULT;",
    );
    assert.deepEqual(table(), [
      [2, 'm', 2],
      [3, 's', 7],
    ]);
  });

  it('reads a subquery, a common table expression and the rows as they were', () => {
    db.rows(
      'WITH c AS (SELECT Id, Size FROM U WHERE Id < 3) MERGE T USING (SELECT Id, Size + (SELECT SUM(Size) FROM T) AS n FROM c) AS s ON s.Id = T.Id WHEN MATCHED THEN UPDATE SET T.Size = s.n;',
    );
    assert.deepEqual(table(), [
      [1, 'a', 16],
      [2, 'b', 8],
      [3, 'c', 3],
    ]);
  });

  it('refuses a row that is changed twice, 8672, and a second clause that would not refuse it passes', () => {
    db.rows('INSERT INTO U (Id, Size) VALUES (1, 11)');
    refuses(
      () => db.rows('MERGE T USING U ON T.Id = U.Id WHEN MATCHED THEN UPDATE SET Size = U.Size;'),
      8672,
    );
    assert.deepEqual(table(), before);
    db.rows(
      'MERGE T USING U ON T.Id = U.Id WHEN MATCHED AND U.Size = 11 THEN UPDATE SET Size = U.Size;',
    );
    assert.deepEqual(table()[0], [1, 'a', 11]);
  });

  for (const [values, number] of [
    ["(N'n', 1), (N'N', 1)", 2601],
    ["(N'n', 1), (N'm', 100)", 547],
    ["(N'n', 1), (N'm', NULL)", 515],
    ["(N'n', 1), (N'too long', 1)", 2628],
  ] as const) {
    it(`changes nothing where one row fails: ${number}`, () => {
      refuses(
        () =>
          db.rows(
            `MERGE T USING (VALUES ${values}) AS s (n, z) ON 1 = 0 WHEN NOT MATCHED THEN INSERT (Name, Size) VALUES (s.n, s.z) WHEN NOT MATCHED BY SOURCE THEN DELETE;`,
          ),
        number,
      );
      assert.deepEqual(table(), before);
    });
  }

  it('inserts a row of defaults, and gives no inserted of a DELETE', () => {
    assert.deepEqual(
      db.rows(
        'MERGE T USING (VALUES (1), (2)) AS s (n) ON 1 = 0 WHEN NOT MATCHED THEN INSERT DEFAULT VALUES OUTPUT inserted.Id, inserted.Size, s.n;',
      ),
      [
        [4, 7, 1],
        [5, 7, 2],
      ],
    );
    refuses(() => db.rows('DELETE FROM T OUTPUT deleted.Id, inserted.Id'), 4104);
  });

  it('refers from one new row to another, whichever comes first', () => {
    db.rows(
      'CREATE TABLE dbo.Tree (Id int NOT NULL PRIMARY KEY, Parent int NULL REFERENCES dbo.Tree (Id))',
    );
    const put = (rows: string) => () =>
      db.rows(
        `MERGE Tree USING (VALUES ${rows}) AS s (i, p) ON Tree.Id = s.i WHEN NOT MATCHED THEN INSERT (Id, Parent) VALUES (s.i, s.p) WHEN MATCHED THEN UPDATE SET Parent = s.p;`,
      );
    put('(1, 2), (2, NULL)')();
    refuses(put('(3, 9)'), 547);
    assert.deepEqual(db.rows('SELECT Id, Parent FROM Tree ORDER BY Id'), [
      [1, 2],
      [2, null],
    ]);
  });

  it('wants a semicolon, clauses in order, and columns that there are: 10713, 5324, 10714, 207, 544, 8102', () => {
    const merge = (clauses: string) => () =>
      db.rows(`MERGE T USING U ON T.Id = U.Id WHEN ${clauses}`);
    refuses(merge('MATCHED THEN DELETE'), 10713);
    refuses(merge('MATCHED THEN DELETE WHEN MATCHED AND U.Id = 1 THEN UPDATE SET Size = 1;'), 5324);
    refuses(merge('MATCHED AND U.Id = 1 THEN DELETE WHEN MATCHED THEN DELETE;'), 10714);
    refuses(merge('MATCHED THEN UPDATE SET Nothing = 1;'), 207);
    refuses(merge('MATCHED THEN UPDATE SET Id = 1;'), 8102);
    refuses(merge('NOT MATCHED THEN INSERT (Id) VALUES (U.Id);'), 544);
    refuses(merge('NOT MATCHED THEN INSERT (Name) VALUES (T.Name);'), 4104);
    db.identityInsert = { schema: 'dbo', name: 'T' };
    merge('NOT MATCHED THEN INSERT (Id, Size) VALUES (U.Id, U.Size);')();
    assert.deepEqual(table(), [...before, [8, null, 80]]);
  });
});
