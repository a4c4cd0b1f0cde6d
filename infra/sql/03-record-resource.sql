-- Records a resource once, however often its message comes: the row and what is said of it (@outcome: Recorded, or
-- Known if it was there) are of one transaction.
CREATE OR ALTER PROCEDURE inventory.RecordResource
    @eventId uniqueidentifier,
    @resourceId nvarchar(1024),
    @type nvarchar(256),
    @name nvarchar(260),
    @resourceGroup nvarchar(90),
    @subscriptionId uniqueidentifier,
    @location nvarchar(64),
    @createdAt datetime2(7),
    @outcome nvarchar(16) OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    -- Any error ends the transaction, also when the caller has gone away.
    SET XACT_ABORT ON;

    BEGIN TRANSACTION;

    -- UPDLOCK and HOLDLOCK: of two that record the same resource at once the second waits, and finds the first one's row.
    INSERT INTO inventory.Resource
        (EventId, ResourceId, Type, Name, ResourceGroup, SubscriptionId, Location, CreatedAt)
    SELECT @eventId, @resourceId, @type, @name, @resourceGroup, @subscriptionId, @location, @createdAt
    WHERE NOT EXISTS (
        SELECT 1 FROM inventory.Resource WITH (UPDLOCK, HOLDLOCK) WHERE EventId = @eventId
    );

    SET @outcome = CASE WHEN @@ROWCOUNT = 1 THEN N'Recorded' ELSE N'Known' END;

    COMMIT TRANSACTION;
END;
