/**
 * A refusal in Azure's terms. Routes throw it; each door's error module alone turns it into bytes.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** HTTP status. */
  readonly status: number;
  /** Azure's error code: `AuthorizationFailed`, `SecretNotFound`. */
  readonly code: string;
  readonly target?: string;
  /** Code of Key Vault's `innererror`. */
  readonly innerCode?: string;
  readonly details: readonly ServiceErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;
  /** ARM itself answered, not a provider: `x-ms-failure-cause: gateway` [R3]. */
  readonly fromGateway: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      target?: string;
      innerCode?: string;
      details?: readonly ServiceErrorDetail[];
      headers?: Record<string, string>;
      fromGateway?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.status = status;
    this.code = code;
    if (more.target !== undefined) this.target = more.target;
    if (more.innerCode !== undefined) this.innerCode = more.innerCode;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
    this.fromGateway = more.fromGateway ?? false;
  }
}

export interface ServiceErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  /** Of a nested deployment: its own failures. */
  readonly details?: readonly ServiceErrorDetail[];
  /** Of a query that does not parse: Resource Graph names the place. */
  readonly line?: number;
  readonly characterPositionInLine?: number;
  readonly token?: string;
  readonly expectedToken?: string;
}
