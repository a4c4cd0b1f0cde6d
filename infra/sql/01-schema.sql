-- A schema of its own: what the app may do is granted here, and nothing stands in dbo.
IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = N'inventory')
    -- CREATE SCHEMA must be the first statement of its batch.
    EXEC (N'CREATE SCHEMA inventory AUTHORIZATION dbo');
