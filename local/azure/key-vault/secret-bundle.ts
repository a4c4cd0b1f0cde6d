// What Key Vault shows of a secret, keys in the order of [R25], [R28], [R29].
import type { SecretVersion } from './secret-version.ts';
import type { DeletedSecret, Secret, Vault } from './vault.ts';

/** `{value,id,contentType?,attributes,tags?}`: the only answers that carry the value are those of get and set. */
export function toSecretBundle(vault: Vault, secret: Secret, version: SecretVersion): object {
  return { value: version.value, ...toVersionItem(vault, secret, version) };
}

/** One version without its value. */
export function toVersionItem(vault: Vault, secret: Secret, version: SecretVersion): object {
  return toItem(vault, `${secret.name}/${version.version}`, version);
}

/** An entry of a list of secrets: the id has no version, the properties are the latest version's. */
export function toSecretItem(vault: Vault, secret: Secret): object {
  return toItem(vault, secret.name, latest(secret));
}

/** `{recoveryId,deletedDate,scheduledPurgeDate,id,…}`; in lists the id has no version. */
export function toDeletedItem(
  vault: Vault,
  secret: DeletedSecret,
  { withVersion }: { withVersion: boolean },
): object {
  return {
    recoveryId: `${vault.address}/deletedsecrets/${secret.name}`,
    deletedDate: secret.deletedDate,
    scheduledPurgeDate: secret.scheduledPurgeDate,
    ...(withVersion
      ? toVersionItem(vault, secret, latest(secret))
      : toItem(vault, secret.name, latest(secret))),
  };
}

export function latest(secret: Secret): SecretVersion {
  const version = secret.versions.at(-1);
  if (!version) throw new Error(`secret ${secret.name} has no version`);
  return version;
}

function toItem(vault: Vault, path: string, version: SecretVersion): object {
  const { contentType, tags, attributes } = version;
  return {
    id: `${vault.address}/secrets/${path}`,
    ...(contentType !== undefined && { contentType }),
    attributes: {
      ...attributes,
      recoveryLevel: recoveryLevel(vault),
      recoverableDays: vault.settings.softDeleteRetentionInDays,
    },
    ...(tags !== undefined && { tags }),
  };
}

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#deletionrecoverylevel */
function recoveryLevel({ settings }: Vault): string {
  const base = settings.softDeleteRetentionInDays === 90 ? 'Recoverable' : 'CustomizedRecoverable';
  return settings.enablePurgeProtection ? base : `${base}+Purgeable`;
}
