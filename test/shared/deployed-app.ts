// Our own template on the embedded Azure of this process, and the app's services as its settings make them.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { appSettingsOf } from '../../local/run-app.ts';
import { createServices, type Services } from '../../shared/services.ts';
import type { Environment } from '../../shared/settings.ts';
import { readOwnTemplate, subscriptionId } from '../support/local-azure.ts';

export interface DeployedApp {
  readonly settings: Environment;
  readonly siteId: string;
  readonly groupId: string;
  /** Fresh ones: no token, no client, nothing remembered. */
  createServices(changes?: Environment): Services;
}

/** Deploys into `rg-app` as the deployer, and puts the site's identity endpoint into this process's environment. */
export async function deployApp(
  azure: LocalAzure,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<DeployedApp> {
  await azure.storageReady;
  const scope = {
    tenantId: azure.deployer.tenantId,
    subscriptionId,
    resourceGroup: 'rg-app',
    location: 'westeurope',
  };
  azure.resourceManager.addResourceGroup({
    subscriptionId,
    name: 'rg-app',
    location: 'westeurope',
  });
  const { done } = azure.deployments(true).start({
    name: 'main',
    scope,
    template: readOwnTemplate(),
    parameters: Object.fromEntries(
      Object.entries({ environmentName: 'test', ...parameters }).map(([name, value]) => [
        name,
        { value },
      ]),
    ),
    caller: azure.deployer,
  });
  const { state, error } = await done;
  assert.equal(state, 'Succeeded', JSON.stringify(error));
  const site = azure.resourceManager
    .listResources()
    .find(({ type }) => type === 'Microsoft.Web/sites');
  assert.ok(site);
  const settings = appSettingsOf(azure, site.id);
  Object.assign(process.env, azure.identityEnvironmentOf(site.id), {
    WEBSITE_SITE_NAME: site.name,
  });
  // A pool left open keeps the test's process for another minute.
  const made: Services[] = [];
  after(() => Promise.all(made.map((services) => services.close())));
  return {
    settings,
    siteId: site.id,
    groupId: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
    createServices(changes = {}) {
      const services = createServices({ ...settings, ...changes });
      made.push(services);
      return services;
    },
  };
}
