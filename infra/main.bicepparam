// Every value has a default, and an environment variable that changes it.
using './main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param identityKind = readEnvironmentVariable('APP_IDENTITY_KIND', 'userAssigned')
param scanSchedule = readEnvironmentVariable('SCAN_SCHEDULE', '0 */5 * * * *')
param scanLookback = readEnvironmentVariable('SCAN_LOOKBACK', 'P1D')
param scanOverlap = readEnvironmentVariable('SCAN_OVERLAP', 'PT48H')
param scanFeed = readEnvironmentVariable('SCAN_FEED', 'list')
param scanReconcile = readEnvironmentVariable('SCAN_RECONCILE', 'P1D')
param developerPrincipalId = readEnvironmentVariable('DEVELOPER_PRINCIPAL_ID', '')
param protect = bool(readEnvironmentVariable('PROTECT_KEY_VAULT', 'false'))
param messaging = bool(readEnvironmentVariable('MESSAGING', 'true'))
param scaleByOwner = bool(readEnvironmentVariable('SCALE_BY_OWNER', 'false'))
param database = bool(readEnvironmentVariable('DATABASE', 'true'))
param grantDatabaseByScript = bool(readEnvironmentVariable('GRANT_DATABASE_BY_SCRIPT', 'true'))
