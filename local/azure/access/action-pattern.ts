/**
 * The actions of a role as one test. `*` stands for any characters, slashes included; case does not matter.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export function compileActionPatterns(patterns: readonly string[]): (action: string) => boolean {
  if (patterns.length === 0) return () => false;
  const expression = new RegExp(`^(?:${patterns.map(toSource).join('|')})$`, 'i');
  return (action) => expression.test(action);
}

// Azure: a `/*/` stands for nothing, too (inferred). Managed Identity Operator has
// `userAssignedIdentities/*/assign/action` and is the cure for a missing `userAssignedIdentities/assign/action`;
// Key Vault Reader has only `vaults/*/read` to read a vault.
// Source: Azure/secrets-store-csi-driver-provider-azure#66, Azure/aad-pod-identity (README, "Role assignment")
function toSource(pattern: string): string {
  const parts = pattern.split('/*/').map((part) => {
    const escaped = part.replace(/[^A-Za-z0-9_*]/g, '\\$&');
    return escaped.replaceAll('*', '[^]*');
  });
  return parts.join('/(?:[^]*/)?');
}
