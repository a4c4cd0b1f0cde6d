# Runs batches of T-SQL as the managed identity of this deployment script, in order, each in one go. All of them can be
# run again. What they are and where they run comes by environment variables, and no secret is among them.
# Needs nothing but the image: PowerShell brings a SQL client, so no module is loaded from a gallery.
$ErrorActionPreference = 'Stop'

$builder = [System.Data.SqlClient.SqlConnectionStringBuilder]::new()
$builder['Data Source'] = "tcp:$($env:SQL_SERVER),1433"
$builder['Initial Catalog'] = $env:SQL_DATABASE
$builder['Encrypt'] = $true
$builder['TrustServerCertificate'] = $false
$builder['Connect Timeout'] = 60

$attempts = 6
for ($attempt = 1; ; $attempt++) {
    try {
        $token = (Get-AzAccessToken -ResourceUrl 'https://database.windows.net/' -AsSecureString).Token
        $connection = [System.Data.SqlClient.SqlConnection]::new($builder.ConnectionString)
        try {
            $connection.AccessToken = ConvertFrom-SecureString -SecureString $token -AsPlainText
            $connection.Open()
            foreach ($batch in (ConvertFrom-Json -InputObject $env:SQL_BATCHES)) {
                $command = $connection.CreateCommand()
                $command.CommandText = $batch
                [void]$command.ExecuteNonQuery()
            }
        }
        finally {
            $connection.Dispose()
        }
        break
    }
    catch {
        # A server, an administrator and a firewall rule that were made a moment ago take effect one after the other.
        if ($attempt -eq $attempts) { throw }
        Write-Output "Attempt $attempt of $attempts failed: $($_.Exception.Message)"
        Start-Sleep -Seconds 20
    }
}

Write-Output "Ran the batches on $($env:SQL_SERVER), database $($env:SQL_DATABASE)."
