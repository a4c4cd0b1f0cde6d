import { randomBytes } from 'node:crypto';

/** Times in whole seconds since 1970. */
export interface SecretAttributes {
  readonly enabled: boolean;
  /** Not before. */
  readonly nbf?: number;
  /** Expires. */
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
}

/** What a caller may set. */
export interface SecretContent {
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes?: {
    readonly enabled?: boolean;
    readonly nbf?: number;
    readonly exp?: number;
  };
}

export type SecretChanges = Omit<SecretContent, 'value'>;

/** One version of a secret. The value is private, so that no log, inspection or JSON shows it by accident. */
export class SecretVersion {
  /** 32 hex digits. */
  readonly version: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: SecretAttributes;
  readonly #value: string;

  private constructor(content: SecretContent & { attributes: SecretAttributes }, version: string) {
    this.version = version;
    this.#value = content.value;
    this.attributes = content.attributes;
    if (content.contentType !== undefined) this.contentType = content.contentType;
    if (content.tags !== undefined) this.tags = content.tags;
  }

  static create(content: SecretContent, nowSeconds: number): SecretVersion {
    const attributes = orderedAttributes({
      enabled: true,
      ...content.attributes,
      created: nowSeconds,
      updated: nowSeconds,
    });
    return new SecretVersion({ ...content, attributes }, randomBytes(16).toString('hex'));
  }

  /** As it was when it was backed up. */
  static restored(
    content: SecretContent & { version: string; attributes: SecretAttributes },
  ): SecretVersion {
    return new SecretVersion(content, content.version);
  }

  get value(): string {
    return this.#value;
  }

  /** The same version with other properties: what is not named stays; tags are replaced as a whole. */
  withChanges(changes: SecretChanges, nowSeconds: number): SecretVersion {
    const { contentType = this.contentType, tags = this.tags } = changes;
    return new SecretVersion(
      {
        value: this.#value,
        ...(contentType !== undefined && { contentType }),
        ...(tags !== undefined && { tags }),
        attributes: orderedAttributes({
          ...this.attributes,
          ...changes.attributes,
          updated: nowSeconds,
        }),
      },
      this.version,
    );
  }
}

/** Keys in the order in which Key Vault shows them. */
function orderedAttributes({
  enabled,
  nbf,
  exp,
  created,
  updated,
}: SecretAttributes): SecretAttributes {
  return {
    enabled,
    ...(nbf !== undefined && { nbf }),
    ...(exp !== undefined && { exp }),
    created,
    updated,
  };
}
