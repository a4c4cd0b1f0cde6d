/** An answer of Azure that says no, whichever SDK it came through. */
export interface Refusal {
  readonly status: number;
  /** Azure's code: body's `error.code`, inner code for Key Vault, `x-ms-error-code` for storage. */
  readonly code: string;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** `error` of `{error{code,message,innererror}}`, which ARM and Key Vault answer. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly innerCode: string;
}

export function parseErrorBody(body: string): ErrorBody {
  const error = property(parse(body), 'error');
  return {
    code: text(property(error, 'code')),
    message: text(property(error, 'message')),
    innerCode: text(property(property(error, 'innererror'), 'code')),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
