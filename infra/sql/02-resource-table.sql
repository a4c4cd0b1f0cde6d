-- What was found, a row for each resource and time of creation.
IF NOT EXISTS (
    SELECT 1 FROM INFORMATION_SCHEMA.TABLES
    WHERE TABLE_SCHEMA = N'inventory' AND TABLE_NAME = N'Resource'
)
    CREATE TABLE inventory.Resource (
        -- The UUIDv5 of the resource's id and its time of creation, and so their unique key in 16 bytes: an index on
        -- the id itself could be longer than the 1,700 bytes that SQL Server allows. NONCLUSTERED, for it has no order.
        EventId uniqueidentifier NOT NULL CONSTRAINT PK_Resource PRIMARY KEY NONCLUSTERED,
        ResourceId nvarchar(1024) NOT NULL,
        Type nvarchar(256) NOT NULL,
        Name nvarchar(260) NOT NULL,
        -- NULL: the resource is the subscription's.
        ResourceGroup nvarchar(90) NULL,
        SubscriptionId uniqueidentifier NOT NULL,
        -- NULL: the resource is in no region.
        Location nvarchar(64) NULL,
        -- UTC, by Resource Manager's clock.
        CreatedAt datetime2(7) NOT NULL,
        -- UTC, by the database's clock.
        RecordedAt datetime2(7) NOT NULL CONSTRAINT DF_Resource_RecordedAt DEFAULT (SYSUTCDATETIME()),
        -- Pages of the list, newest first (ORDER BY CreatedAt DESC, EventId): read backwards, so that a new row
        -- comes last and splits no page.
        INDEX IX_Resource_CreatedAt UNIQUE CLUSTERED (CreatedAt, EventId DESC),
        -- The same of one type, and the summary.
        INDEX IX_Resource_Type (Type, CreatedAt, EventId DESC)
    );
