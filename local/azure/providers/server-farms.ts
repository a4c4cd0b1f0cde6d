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
      const given = (body.sku ?? existing?.sku) as Properties | undefined;
      const name = readString(given, 'name') ?? readString(given, 'size') ?? 'F1';
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

function kindOf(tier: string, reserved: boolean): string {
  if (tier === 'FlexConsumption' || tier === 'Dynamic') return 'functionapp';
  return reserved ? 'linux' : 'app';
}
