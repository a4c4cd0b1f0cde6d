import { it } from 'node:test';
import { useLocalAzure, readOwnTemplate } from '../support/local-azure.ts';
import { deploySite, resourcesIn } from './start-deployed-app.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
const azure = await useLocalAzure();
const nested = (t: any, m: string) => { const r = t.resources[m].properties.template.resources; if (!Array.isArray(r)) return r; return { app: r.find((x: any) => x.type === 'Microsoft.Web/sites'), plan: r.find((x: any) => x.type === 'Microsoft.Web/serverfarms'), account: r.find((x: any) => x.type === 'Microsoft.Storage/storageAccounts'), workspace: r.find((x: any) => /workspaces/.test(x.type)) , blobContainers: r.find((x: any) => /containers$/.test(x.type)), vault: r.find((x: any) => /vaults$/.test(x.type)) , secret: r.find((x: any) => /secrets$/.test(x.type))  } };
const cases: Record<string, (t: any) => void> = {
  'unknown namespace': (t) => { t.resources.strange = { type: 'Microsoft.Contoso/widgets', apiVersion: '2024-01-01', name: 'x', location: 'westeurope', properties: {} } },
  'unknown type': (t) => { t.resources.strange = { type: 'Microsoft.KeyVault/managedHSMs', apiVersion: '2024-11-01', name: 'x', location: 'westeurope', properties: {} } },
  'known elsewhere type': (t) => { t.resources.strange = { type: 'Microsoft.Compute/virtualMachines', apiVersion: '2024-11-01', name: 'x', location: 'westeurope', properties: {} } },
  'bad api-version': (t) => { nested(t, 'keyVault').vault.apiVersion = '2031-01-01' },
  'unknown function': (t) => { t.outputs.FUNCTION_APP_URL.value = "[shout('x')]" },
  'unknown function nested': (t) => { nested(t, 'keyVault').vault.tags = { a: "[shout('x')]" } },
  'misspelt rbac': (t) => { const p = nested(t, 'keyVault').vault.properties; delete p.enableRbacAuthorization; p.enableRbacAuthorisation = true; },
  'misspelt shared key': (t) => { const p = nested(t, 'dataStorage').account.properties; delete p.allowSharedKeyAccess; p.allowSharedKeyAcess = false; },
  'misspelt appSettings': (t) => { const p = nested(t, 'functionApp').app.properties.siteConfig; p.appSetting = p.appSettings; delete p.appSettings; },
  'misspelt app settings member': (t) => { const p = nested(t, 'functionApp').app.properties.siteConfig; p.appSettings = [{ nam: 'x', value: 'y' }]; },
  'misspelt principalId': (t) => { const p = nested(t, 'userAssignedGrants').readsSecret.properties; p.principal = p.principalId; delete p.principalId; },
  'misspelt principalType': (t) => { const p = nested(t, 'userAssignedGrants').readsSecret.properties; p.principaltyp = p.principalType; delete p.principalType; },
  'misspelt identity': (t) => { const p = nested(t, 'functionApp').app; p.identitty = p.identity; delete p.identity; },
  'misspelt userAssignedIdentities': (t) => { const p = nested(t, 'functionApp').app; p.identity = { type: 'UserAssigned', userAssignedIdentitys: {} } },
  'misspelt functionAppConfig': (t) => { const p = nested(t, 'functionApp').app.properties; p.functionAppConf = p.functionAppConfig; delete p.functionAppConfig; },
  'misspelt publicAccess': (t) => { const p = nested(t, 'dataStorage').blobContainers.properties; p.publicAcces = 'None'; delete p.publicAccess; },
  'misspelt workspace feature': (t) => { nested(t, 'monitoring').workspace.properties.features = { disableLocalAut: true } },
  'misspelt secret value': (t) => { const p = nested(t, 'keyVault').secret.properties; p.val = p.value; delete p.value },
  'cycle': (t) => { t.resources.keyVault.dependsOn = [...(t.resources.keyVault.dependsOn ?? []), 'functionApp'] },
  'missing parameter': (t) => { delete t.parameters.environmentName.defaultValue; },
  'nobody without type': (t) => { const p = nested(t, 'userAssignedGrants').readsSecret.properties; p.principalId = 'dddddddd-1111-2222-3333-444444444444'; delete p.principalType; },
  'nobody with type': (t) => { const p = nested(t, 'userAssignedGrants').readsSecret.properties; p.principalId = 'dddddddd-1111-2222-3333-444444444444'; },
  'bad vault name': (t) => { t.variables.targets.vault = 'kv_with_underscores'; },
  'long vault name': (t) => { t.variables.targets.vault = 'kv-that-is-much-too-long-for-it'; },
  'bad vault name 2': (t) => { t.variables.targets.vault = '1-kv'; },
  'bad storage name': (t) => { t.variables.targets.dataAccount = 'ST-data'; },
  'bad sku storage': (t) => { nested(t, 'dataStorage').account.sku.name = 'Gigantic_LRS'; },
  'bad plan tier': (t) => { nested(t, 'functionApp').plan.sku = { name: 'FC9', tier: 'FlexConsumption' } },
  'bad plan tier2': (t) => { nested(t, 'functionApp').plan.sku = { name: 'FC1', tier: 'Flexx' } },
  'bad vault sku': (t) => { nested(t, 'keyVault').vault.properties.sku.name = 'gold'; },
  'bad container': (t) => { t.variables.targets.scanStateContainer = 'Scan_State'; },
  'bad memory': (t) => { nested(t, 'functionApp').app.properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB = 3000; },
  'bad role': (t) => { t.resources.userAssignedGrants.properties.template.variables.roles.reader = 'dddddddd-1111-2222-3333-444444444444'; },
  'bad kind param': (t) => { t.parameters.identityKind.defaultValue = 'both' },
};
let i = 0;
for (const [name, change] of Object.entries(cases)) it(name, async () => {
  const t = structuredClone(readOwnTemplate()) as any;
  change(t);
  const group = `rg-${i++}`;
  const t0 = performance.now();
  try {
    await deployTemplate(azure, { name: 'main', resourceGroup: group, location: 'westeurope', template: t, parameters: name === 'missing parameter' ? {} : { environmentName: { value: 'x' } } });
    console.log('##', name, 'DEPLOYED');
  } catch (e) { console.log('##', name, '\n', (e as Error).constructor.name, (e as any).code, (e as Error).message, '\n left:', resourcesIn(azure, group).filter(r => !/deployments$/.test(r.type)).map(r => r.type.split('/').slice(1).join('/')).join(' '), Math.round(performance.now() - t0)); }
});
