// The few queries of Microsoft Graph that ARM's clients cannot do without (seen with az 2.45: `az role assignment list`).
import type { Clock } from '../clock.ts';
import type { Directory, Principal } from '../directory.ts';
import {
  createJsonService,
  type ServiceRequest,
  type ServiceResponse,
} from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import type { Journal } from '../journal.ts';
import { sameId } from '../resource-id.ts';
import { graphAudiences } from '../tokens/audiences.ts';
import { type Caller, TokenError, type Tokens } from '../tokens/tokens.ts';
import { badRequest, invalidToken, objectNotFound, renderGraphError } from './graph-error.ts';
import { graphTypeOf, renderPrincipal } from './render-principal.ts';
import { parseServicePrincipalFilter } from './service-principal-filter.ts';

export interface GraphParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
}

/** Azure: https://learn.microsoft.com/graph/api/directoryobject-getbyids */
const MAX_IDS = 1000;
const CONTEXT = 'https://graph.microsoft.com/v1.0/$metadata';

/**
 * The door `graph`: https, `graph.microsoft.com`.
 * Pretend: any principal of the tenant may read; in Azure an application needs Directory.Read.All or the like.
 * Source: https://learn.microsoft.com/graph/api/directoryobject-getbyids, …/serviceprincipal-list
 */
export function createGraph(parts: GraphParts): Listener {
  const callers = new WeakMap<ServiceRequest, string>();
  return createJsonService({
    door: 'graph',
    journal: parts.journal,
    maxBodyBytes: 256 * 1024,
    async handle(request) {
      const { principalId } = await authenticate(parts.tokens, request);
      callers.set(request, principalId);
      return { ...answer(parts.directory, request), principalId };
    },
    renderError(error, request) {
      const principalId = callers.get(request);
      const response = renderGraphError(error, request, parts.clock);
      return { ...response, ...(principalId !== undefined && { principalId }) };
    },
  });
}

async function authenticate(tokens: Tokens, request: ServiceRequest): Promise<Caller> {
  try {
    return await tokens.verifyRequest(request.rawHeaders, graphAudiences);
  } catch (error) {
    throw error instanceof TokenError ? invalidToken(error) : error;
  }
}

function answer(directory: Directory, request: ServiceRequest): ServiceResponse {
  const { method, url, body } = request;
  const [version, room, item, ...rest] = url.pathname.split('/').filter((part) => part !== '');
  const route = `${method} ${room ?? ''}`.toLowerCase();
  const isKnown = (version === 'v1.0' || version === 'beta') && rest.length === 0;
  if (isKnown && route === 'post directoryobjects' && /^(\w+\.)*getByIds$/i.test(item ?? '')) {
    return list('directoryObjects', getByIds(directory, parseJson(body)));
  }
  if (isKnown && route === 'get serviceprincipals' && item === undefined) {
    const fits = parseServicePrincipalFilter(url.searchParams.get('$filter'));
    return list('servicePrincipals', servicePrincipals(directory).filter(fits));
  }
  if (isKnown && route === 'get serviceprincipals') {
    return show(directory, item ?? '');
  }
  // Pretend: the rest of Graph is not here; its own answer to an unknown segment.
  throw badRequest('BadRequest', `Resource not found for the segment '${room ?? ''}'.`);
}

function getByIds(directory: Directory, body: unknown): readonly Principal[] {
  const { ids, types: given } = (body ?? {}) as { ids?: unknown; types?: unknown };
  const types = given ?? undefined;
  if (!isTexts(ids) || ids.length > MAX_IDS || (types !== undefined && !isTexts(types))) {
    const message = `'ids' must be up to ${MAX_IDS} ids, and 'types' names of types.`;
    throw badRequest('Request_BadRequest', message);
  }
  const wanted = types?.map((type) => type.toLowerCase());
  const fits = (principal: Principal) =>
    wanted === undefined ||
    wanted.length === 0 ||
    wanted.includes('directoryobject') ||
    wanted.includes(graphTypeOf(principal).toLowerCase());
  return [...new Set(ids)].flatMap((id) => {
    const principal = directory.find(id);
    return principal && fits(principal) ? [principal] : [];
  });
}

/** By object id. */
function show(directory: Directory, id: string): ServiceResponse {
  const found = servicePrincipals(directory).find(({ principalId }) => sameId(principalId, id));
  if (!found) throw objectNotFound(id);
  const context = `${CONTEXT}#servicePrincipals/$entity`;
  return { status: 200, body: { '@odata.context': context, ...renderPrincipal(found) } };
}

function servicePrincipals(directory: Directory): readonly Principal[] {
  return directory.all().filter((principal) => graphTypeOf(principal) === 'servicePrincipal');
}

function list(collection: string, principals: readonly Principal[]): ServiceResponse {
  const value = principals.map(renderPrincipal);
  return { status: 200, body: { '@odata.context': `${CONTEXT}#${collection}`, value } };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw badRequest('BadRequest', 'Unable to read JSON request payload.');
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
