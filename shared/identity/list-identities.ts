import { collectIdentities, type IdentityTools } from './collect-identities.ts';
import { type IdentitiesQuery, writeCursor } from './identities-query.ts';
import { keyOf, type ManagedIdentity } from './managed-identity.ts';

export interface IdentityPage {
  /** SCAN_SCOPES: where was looked. */
  readonly scopes: readonly string[];
  readonly identities: readonly ManagedIdentity[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
  /** What a reader must know who takes the list for all there is. */
  readonly notes: readonly string[];
}

/** A page of the managed identities of `scopes`, by resource id. Those added meanwhile move none of the others. Throws AppError. */
export async function listIdentities(
  { top, after }: IdentitiesQuery,
  scopes: readonly string[],
  tools: IdentityTools,
): Promise<IdentityPage> {
  const { identities, unfinishedScopes } = await collectIdentities(scopes, tools);
  const rest = after === undefined ? identities : identities.filter((one) => keyOf(one) > after);
  const page = rest.slice(0, top);
  const last = rest.length > top ? page.at(-1) : undefined;
  return {
    scopes,
    identities: page,
    ...(last && { cursor: writeCursor(keyOf(last)) }),
    notes: unfinishedScopes.map(unfinished),
  };
}

/** One sentence about a scope whose resources were not all looked at. */
export function unfinished(scope: string): string {
  return `The resources of ${scope} are too many to look at within one request: system-assigned identities and resources that have an identity may be missing.`;
}
