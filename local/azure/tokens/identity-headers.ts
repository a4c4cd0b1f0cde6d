import { randomUUID } from 'node:crypto';

/** Which app an identity header belongs to. Headers are random; whoever has one can get the app's tokens. */
export class IdentityHeaders {
  readonly #byResource = new Map<string, { resourceId: string; header: string }>();
  readonly #byHeader = new Map<string, string>();

  /** The app's current header, made on first use. */
  headerOf(resourceId: string): string {
    return this.#byResource.get(resourceId.toLowerCase())?.header ?? this.#make(resourceId);
  }

  /** The id of the app that has this header now. */
  resourceOf(header: unknown): string | undefined {
    return typeof header === 'string' ? this.#byHeader.get(header) : undefined;
  }

  rotate(resourceId: string): void {
    const known = this.#byResource.get(resourceId.toLowerCase());
    if (known) this.#byHeader.delete(known.header);
    this.#make(known?.resourceId ?? resourceId);
  }

  #make(resourceId: string): string {
    const header = randomUUID();
    this.#byResource.set(resourceId.toLowerCase(), { resourceId, header });
    this.#byHeader.set(header, resourceId);
    return header;
  }
}
