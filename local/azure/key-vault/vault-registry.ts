import type { Clock } from '../clock.ts';
import type { Principal } from '../directory.ts';
import { ServiceError } from '../http/service-error.ts';
import type { VaultDataPlane } from '../providers/provider.ts';
import { vaultNotFound } from './errors.ts';
import { readSecretAs, type SecretAuthority } from './read-secret-as.ts';
import { Vault } from './vault.ts';

/** All vaults by name. A removed one keeps its name and its secrets: putting it again recovers them. */
export class VaultRegistry implements VaultDataPlane {
  readonly #clock: Clock;
  readonly #authority: SecretAuthority;
  readonly #vaults = new Map<string, Vault>();
  readonly #removed = new Map<string, Vault>();

  constructor(parts: SecretAuthority & { readonly clock: Clock }) {
    this.#clock = parts.clock;
    this.#authority = parts;
  }

  /** The vault behind `<name>.vault.azure.net`; undefined where Azure's name would not resolve. */
  findByHost(hostname: string): Vault | undefined {
    const [name = '', ...domain] = hostname.toLowerCase().split('.');
    return domain.join('.') === 'vault.azure.net' ? this.#vaults.get(name) : undefined;
  }

  putVault(settings: Parameters<VaultDataPlane['putVault']>[0]): void {
    const key = settings.name.toLowerCase();
    const vault =
      this.#vaults.get(key) ?? this.#removed.get(key) ?? new Vault(settings, this.#clock);
    vault.settings = settings;
    this.#removed.delete(key);
    this.#vaults.set(key, vault);
  }

  removeVault(name: string): void {
    const vault = this.#vaults.get(name.toLowerCase());
    if (!vault) return;
    this.#vaults.delete(name.toLowerCase());
    this.#removed.set(name.toLowerCase(), vault);
  }

  isVaultNameTaken(name: string): boolean {
    return this.#vaults.has(name.toLowerCase()) || this.#removed.has(name.toLowerCase());
  }

  setSecret(
    vaultName: string,
    secretName: string,
    secret: Parameters<VaultDataPlane['setSecret']>[2],
  ): { secretUri: string; secretUriWithVersion: string } {
    const vault = this.#vaults.get(vaultName.toLowerCase());
    if (!vault) {
      throw new ServiceError(404, 'VaultNotFound', `The vault '${vaultName}' does not exist.`);
    }
    const current = vault.find(secretName)?.versions.at(-1);
    const changed =
      current === undefined ||
      current.value !== secret.value ||
      current.contentType !== secret.contentType ||
      !sameRecord(current.tags, secret.tags) ||
      current.attributes.enabled !== (secret.attributes?.enabled ?? true) ||
      current.attributes.nbf !== secret.attributes?.nbf ||
      current.attributes.exp !== secret.attributes?.exp;
    const { version } = changed ? vault.set(secretName, secret) : current;
    const secretUri = `${vault.address}/secrets/${vault.get(secretName).name}`;
    return { secretUri, secretUriWithVersion: `${secretUri}/${version}` };
  }

  readSecret(principal: Principal, secret: Parameters<VaultDataPlane['readSecret']>[1]) {
    const vault = this.findByHost(secret.vaultHost);
    if (!vault) throw vaultNotFound(secret.vaultHost);
    return readSecretAs(this.#authority, principal, vault, secret);
  }
}

function sameRecord(
  left: Readonly<Record<string, string>> = {},
  right: Readonly<Record<string, string>> = {},
): boolean {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}
