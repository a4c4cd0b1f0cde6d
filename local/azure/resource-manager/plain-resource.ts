import type { PutOutcome, PutRequest } from '../providers/provider.ts';
import { withoutWriteOnly } from '../providers/write-only.ts';
import { plainProperties } from './plain-properties.ts';

/**
 * A type without a provider of its own: kept and echoed as plain ARM data, with no data plane behind it.
 * Pretend: no validation, and of the run-time properties only those of plain-properties.ts and `provisioningState`.
 */
export function putPlainResource(request: PutRequest): PutOutcome {
  const given = withoutWriteOnly(request.body.properties ?? {});
  return {
    properties: { ...given, ...plainProperties(request), provisioningState: 'Succeeded' },
  };
}
