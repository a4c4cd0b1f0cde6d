-- The app's user and what it may: read, and run the two procedures. Its name and SID are put in for the two in $( ).

-- Azure: an identity that was made anew keeps its name and gets another client id, and the SID is the client id. The
-- old user would keep the name, and the new identity would not be let in.
IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'$(UserName)' AND sid <> $(UserSid))
    DROP USER [$(UserName)];

-- By SID, and not FROM EXTERNAL PROVIDER: then the database asks nobody, and the server needs no right to read the
-- directory. TYPE = E is a user or application of Entra.
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'$(UserName)')
    CREATE USER [$(UserName)] WITH SID = $(UserSid), TYPE = E;

-- listResources and getResource read the table. Not db_datawriter: rows come by the procedure alone. Not db_ddladmin
-- or db_owner: the schema is made here.
ALTER ROLE db_datareader ADD MEMBER [$(UserName)];

-- recordResource. The procedure may insert although its caller may not: both have the owner dbo (ownership chaining).
GRANT EXECUTE ON OBJECT::inventory.RecordResource TO [$(UserName)];

-- summarizeResources. Each procedure by name: one that is added to the schema is granted to nobody.
GRANT EXECUTE ON OBJECT::inventory.SummarizeResources TO [$(UserName)];
