// User-defined types and functions, lambdas, compile-time parts: language version 2.0.
type size = 'small' | 'large'

type dog = {
  kind: 'dog'
  bark: int
}

type cat = {
  kind: 'cat'
  @minLength(2)
  meow: string
}

@discriminator('kind')
type pet = dog | cat

@sealed()
type box = {
  width: int
  height: int?
  size: size
  pair: [string, int]
  labels: string[]
  more: { *: string }
  pet: pet
}

param content box = {
  width: 1
  size: 'small'
  pair: ['a', 2]
  labels: ['x', 'y']
  more: { z: 'z' }
  pet: { kind: 'dog', bark: 3 }
}
param optional string?
@minValue(1)
@maxValue(3)
param count int = 2
@minLength(3)
@maxLength(8)
param prefix string = 'item'

func label(name string, number int) string => '${toUpper(name)}-${padLeft(number, 3, '0')}'
func double(number int) int => number * 2

var doubled = [for i in range(0, count): double(i)]
var grouped = toObject(content.labels, entry => entry, entry => length(entry))

resource items 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [for i in range(0, count): {
  name: '${prefix}-${i}'
  location: resourceGroup().location
  tags: {
    label: label(prefix, i)
    optional: optional ?? 'none'
    doubled: string(map(doubled, number => number + 1))
    sum: string(reduce(doubled, 0, (total, number) => total + number))
    odd: join(filter(content.labels, (entry, index) => index % 2 == 1), ',')
    grouped: string(grouped)
    height: string(content.?height ?? 0)
    bark: content.pet.kind == 'dog' ? string(content.pet.bark) : 'no'
  }
}]

resource old 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: 'old' }

@onlyIfNotExists()
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${prefix}'
  location: resourceGroup().location
  dependsOn: [items]
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, vaultUri: old.properties.primaryEndpoints.blob }
}

output endpoints array = [for i in range(0, count): items[i].properties.clientId]
@secure()
output key string = old.listKeys().keys[0].value
output nothing string? = count > 5 ? 'many' : null
output both object = { uri: vault.properties.vaultUri, location: old.location }
