// What a service keeps on disk: in a given folder, for the next process too, or in a temporary one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeptDirectory {
  /** Makes the temporary one when it is needed. */
  path(): string;
  /** A given one stays. */
  remove(): void;
}

/** `prefix` of the temporary folder's name: `local-azure-messages-`. */
export function keptDirectory(given: string | undefined, prefix: string): KeptDirectory {
  let temporary: string | undefined;
  return {
    path() {
      if (given !== undefined) return given;
      temporary ??= mkdtempSync(join(tmpdir(), prefix));
      return temporary;
    },
    remove() {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
      temporary = undefined;
    },
  };
}
