import { ServiceError } from '../http/service-error.ts';
import type { IdentitySelector } from './assigned-identities.ts';
import type { QueryParameters } from './query-parameters.ts';

/** Parameter name → the id that it carries. */
export type SelectorParameters = Readonly<Record<string, IdentitySelector['by']>>;

/**
 * The identity that the query names, if it names one. They exclude each other: throws ServiceError 400 for two.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 * and Azure/azure-rest-api-specs, imds.json ("Mutually exclusive").
 */
export function readSelector(
  query: QueryParameters,
  parameters: SelectorParameters,
): IdentitySelector | undefined {
  const selectors = Object.entries(parameters).flatMap(([name, by]) => {
    const value = query.get(name);
    return value === undefined ? [] : [{ by, value }];
  });
  if (selectors.length > 1) {
    // Pretend: the documents say that it is refused, not in which words.
    const names = Object.keys(parameters).join(', ');
    throw new ServiceError(400, 'invalid_request', `Only one of ${names} may be specified.`);
  }
  return selectors[0];
}
