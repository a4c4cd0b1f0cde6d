import type { CatalogueState } from '../../catalogue/catalogue-state.ts';
import { fixedRoles, sysId } from '../../catalogue/initial-state.ts';

/** The id after the highest one that is neither fixed nor built in. */
export function nextPrincipalId(state: CatalogueState): number {
  let last = sysId;
  for (const { principalId, isFixedRole } of state.principals.values()) {
    if (!isFixedRole) last = Math.max(last, principalId);
  }
  const next = last + 1;
  // Above the fixed roles where ten thousand users have used up the room below.
  return next === fixedRoles.db_owner ? fixedRoles.db_denydatawriter + 1 : next;
}
