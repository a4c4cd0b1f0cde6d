import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readBoolean, readNumber, readString } from './read-property.ts';

/** Sizes by tier: `F1`, `B1`, `P1v3`, `Y1`, `EP1`, `FC1`, `WS1`, `I1v2`. */
const TIER_OF_SIZE: readonly (readonly [RegExp, string])[] = [
  [/^F1$/i, 'Free'],
  [/^D1$/i, 'Shared'],
  [/^B[123]$/i, 'Basic'],
  [/^S[123]$/i, 'Standard'],
  [/^P[123]$/i, 'Premium'],
  [/^P[123]v2$/i, 'PremiumV2'],
  [/^P(0|[1-5]m?)v3$/i, 'PremiumV3'],
  [/^P(0|[1-5]m?)v4$/i, 'PremiumV4'],
  [/^Y1$/i, 'Dynamic'],
  [/^EP[123]$/i, 'ElasticPremium'],
  [/^FC1$/i, 'FlexConsumption'],
  [/^WS[123]$/i, 'WorkflowStandard'],
  [/^I[1-6]m?(v2)?$/i, 'Isolated'],
];

const SMALLEST_OF_TIER: Readonly<Record<string, string>> = {
  free: 'F1',
  shared: 'D1',
  basic: 'B1',
  standard: 'S1',
  premium: 'P1',
  premiumv2: 'P1v2',
  premiumv3: 'P1v3',
  dynamic: 'Y1',
  elasticpremium: 'EP1',
  flexconsumption: 'FC1',
  workflowstandard: 'WS1',
};

/**
 * App Service plans. Source: https://learn.microsoft.com/azure/templates/microsoft.web/serverfarms
 * Pretend: the wordings.
 */
export function serverFarms(_services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Web/serverfarms',
    apiVersions: [
      '2025-03-01',
      '2024-11-01',
      '2024-04-01',
      '2023-12-01',
      '2022-09-01',
      '2021-02-01',
      '2016-09-01',
    ],
    listed: true,
    put({ id, body, existing }) {
      const given = lowerNames((body.sku ?? existing?.sku) as Properties | undefined);
      const name = sizeOf(given, body.properties);
      const tier = TIER_OF_SIZE.find(([size]) => size.test(name))?.[1];
      if (tier === undefined) {
        throw new ServiceError(400, 'BadRequest', `The plan's SKU '${name}' is not valid.`);
      }
      const reserved = readBoolean(body.properties, 'reserved') ?? false;
      if (tier === 'FlexConsumption' && !reserved) {
        throw new ServiceError(
          400,
          'BadRequest',
          'A Flex Consumption plan runs on Linux only: set the property "reserved" to true.',
        );
      }
      const sku = {
        name,
        tier,
        size: name,
        family: name.replace(/\d.*$/, ''),
        capacity: readNumber(given, 'capacity') ?? 0,
      };
      return {
        sku,
        kind: body.kind ?? existing?.kind ?? kindOf(tier, reserved),
        properties: {
          ...body.properties,
          reserved,
          subscription: id.subscriptionId,
          resourceGroup: id.resourceGroup,
          status: 'Ready',
          provisioningState: 'Succeeded',
        },
      };
    },
  };
}

/** Azure: a plan may be asked for by its tier alone, up to 2015 in `properties.sku` [Azure/azure-quickstart-templates]. */
function sizeOf(sku: Properties, properties: Properties | undefined): string {
  const named = readString(sku, 'name') ?? readString(sku, 'size');
  if (named !== undefined) return named;
  const old = properties?.sku;
  const tier = readString(sku, 'tier') ?? (typeof old === 'string' ? old : 'Free');
  return SMALLEST_OF_TIER[tier.toLowerCase()] ?? tier;
}

/** Older templates write `Name` and `Tier`. */
function lowerNames(sku: Properties | undefined): Properties {
  return Object.fromEntries(
    Object.entries(sku ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function kindOf(tier: string, reserved: boolean): string {
  if (tier === 'FlexConsumption' || tier === 'Dynamic') return 'functionapp';
  return reserved ? 'linux' : 'app';
}
