/** A resource as ARM keeps it. Property order of answers is the renderer's business. */
export interface Resource {
  readonly id: string;
  /** `vault/secret` for a child, as ARM shows it in lists; `name` for a top-level one. */
  readonly name: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: unknown;
  readonly kind?: string;
  readonly managedBy?: string;
  readonly identity?: ResourceIdentity;
  readonly plan?: unknown;
  readonly zones?: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** ISO 8601, seven digits of fraction. */
  readonly createdTime: string;
  readonly changedTime: string;
  /** Object ids, for `systemData`. */
  readonly createdBy?: string;
  readonly changedBy?: string;
}

export interface ResourceIdentity {
  readonly type: string;
  readonly principalId?: string;
  readonly tenantId?: string;
  readonly userAssignedIdentities?: Readonly<
    Record<string, { readonly principalId: string; readonly clientId: string }>
  >;
}

/** What a PUT or PATCH carries. */
export interface ResourceBody {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: unknown;
  readonly kind?: string;
  readonly managedBy?: string;
  readonly identity?: {
    readonly type?: string;
    readonly userAssignedIdentities?: Readonly<Record<string, unknown>>;
  };
  readonly plan?: unknown;
  readonly zones?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}
