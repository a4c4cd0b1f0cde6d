-- How many resources of each type were created on each day (UTC), newest day first, and how many there are (@total).
CREATE OR ALTER PROCEDURE inventory.SummarizeResources
    @total int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;

    SELECT Type, CAST(CreatedAt AS date) AS CreatedOn, COUNT(*) AS ResourceCount
    FROM inventory.Resource
    GROUP BY Type, CAST(CreatedAt AS date)
    ORDER BY CreatedOn DESC, Type;

    -- A row that is committed between the two is in the total alone.
    SELECT @total = COUNT(*) FROM inventory.Resource;
END;
