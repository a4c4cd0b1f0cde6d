import type { PutOutcome, PutRequest } from '../providers/provider.ts';

/**
 * A type without a provider of its own: kept and echoed as plain ARM data, with no data plane behind it.
 * Pretend: no validation and no run-time properties but `provisioningState`.
 */
export function putPlainResource({ body }: PutRequest): PutOutcome {
  return { properties: { ...body.properties, provisioningState: 'Succeeded' } };
}
