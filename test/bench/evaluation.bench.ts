// Evaluation of our own template, and how it grows with the number of resources.
import { createDeployments } from '../../local/azure/deployments/run.ts';
import { subscription, tenantId } from '../../local/azure/tenant.ts';
import { readOwnTemplate } from '../support/local-azure.ts';
import { describeRuns, median } from './median.ts';

const RUNS = 15;
const COPIES = [1, 10, 100, 1_000];
/** ARM's and our limit for one loop is 800: a thousand copies are two loops. */
const LARGEST_LOOP = 500;

export async function bench(): Promise<string[]> {
  const own = timeValidation(readOwnTemplate(), { environmentName: { value: 'bench' } });
  const grown = COPIES.map((copies) => ({ copies, times: timeValidation(loopTemplate(copies)) }));
  const perCopy = grown.map(({ copies, times }) => (median(times) / copies) * 1000);
  return [
    `${describeRuns('our template, validated and expanded', own, 'ms')} (bar: 50 ms)`,
    ...grown.map(({ copies, times }) =>
      describeRuns(`${copies} copies of a resource`, times, 'ms'),
    ),
    `microseconds per copy at ${COPIES.join(', ')}: ${perCopy.map((value) => value.toFixed(0)).join(', ')} (linear: it does not rise)`,
  ];
}

function timeValidation(
  template: unknown,
  parameters: Readonly<Record<string, { readonly value: unknown }>> = {},
): number[] {
  const deployments = createDeployments({
    clock: { nowMs: () => Date.now() },
    acceptsType: () => true,
    exists: () => false,
    subscriptionName: () => subscription.displayName,
    recordDeployment: () => {},
    put: () => Promise.reject(new Error('validation puts nothing')),
    get: () => Promise.resolve(undefined),
    invoke: () => Promise.reject(new Error('validation invokes nothing')),
  });
  return Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    deployments.validate({
      name: 'bench',
      scope: {
        tenantId,
        subscriptionId: subscription.subscriptionId,
        resourceGroup: 'rg-bench',
        location: 'westeurope',
      },
      template,
      parameters,
      caller: {
        principalId: crypto.randomUUID(),
        clientId: crypto.randomUUID(),
        tenantId,
        audience: 'https://management.azure.com',
        issuer: `https://sts.windows.net/${tenantId}/`,
      },
    });
    return performance.now() - startedAt;
  }).slice(1); // The first run compiles.
}

function loopTemplate(copies: number): unknown {
  const loops = Array.from({ length: Math.ceil(copies / LARGEST_LOOP) }, (_, index) => ({
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    apiVersion: '2024-11-30',
    name: `[format('id-${index}-{0}-{1}', copyIndex(), uniqueString(resourceGroup().id))]`,
    location: '[resourceGroup().location]',
    tags: { loop: `loop${index}`, number: '[string(copyIndex())]' },
    copy: { name: `loop${index}`, count: Math.min(LARGEST_LOOP, copies - index * LARGEST_LOOP) },
  }));
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: loops,
  };
}
