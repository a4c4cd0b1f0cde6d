import { ServiceError } from '../http/service-error.ts';
import { parseResourceId, type ResourceId } from '../resource-id.ts';

/** Throws 404 for a path that is no resource's. Pretend: its wording. */
export function requireId(path: string): ResourceId {
  const id = parseResourceId(path);
  if (id) return id;
  throw new ServiceError(
    404,
    'NotFound',
    `No HTTP resource was found that matches the request path '${path}'.`,
    { fromGateway: true },
  );
}
