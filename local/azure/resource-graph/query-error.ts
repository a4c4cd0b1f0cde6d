import { ServiceError, type ServiceErrorDetail } from '../http/service-error.ts';

/** Where a query stops making sense. */
export interface QueryPosition {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  /** `<EOF>` at the end. */
  readonly token: string;
}

/** A refusal of Resource Graph; the correlation id of the request goes into its words when it is answered. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly status: number;
  readonly code: string;
  readonly details: readonly ServiceErrorDetail[];

  constructor(status: number, code: string, details: readonly ServiceErrorDetail[]) {
    super(details.map((detail) => `${detail.code}: ${detail.message}`).join(' '));
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** As ARM answers it. [R46] */
export function toServiceError(
  error: GraphError,
  { correlationId, nowMs }: { correlationId: string; nowMs: number },
  headers: Record<string, string>,
): ServiceError {
  const timestamp = new Date(nowMs).toISOString().replace('Z', '0000Z');
  return new ServiceError(
    error.status,
    error.code,
    `Please provide below info when asking for support: timestamp = ${timestamp}, correlationId = ${correlationId}.`,
    { details: error.details, headers },
  );
}

/** Azure: what is 0 or unknown is left out of a detail. [grafana/grafana#35225] */
export function parserFailure(
  { line, column, token }: QueryPosition,
  expectedToken?: string,
): GraphError {
  return invalidQuery({
    code: 'ParserFailure',
    message: 'ParserFailure',
    line,
    ...(column > 0 && { characterPositionInLine: column }),
    token,
    ...(expectedToken !== undefined && { expectedToken }),
  });
}

/**
 * A word of KQL that Resource Graph has no use for. [Azure/azure-powershell#13762]
 * Pretend: it is also the answer to operators and functions that Azure has and this Resource Graph has not (join,
 * union, mv-expand …).
 */
export function unsupportedLanguage(token: string): GraphError {
  return invalidQuery({
    code: 'InvalidQueryLanguage',
    message: 'InvalidQueryLanguage',
    line: -1,
    characterPositionInLine: -1,
    token,
  });
}

/** [Azure/azqr#853] */
export function disallowedTable(name: string): GraphError {
  return badRequest({
    code: 'DisallowedLogicalTableName',
    message: `Table ${name} is invalid, unsupported or disallowed.`,
  });
}

export function badRequest(...details: ServiceErrorDetail[]): GraphError {
  return new GraphError(400, 'BadRequest', details);
}

function invalidQuery(detail: ServiceErrorDetail): GraphError {
  return badRequest(
    {
      code: 'InvalidQuery',
      message:
        'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
    },
    detail,
  );
}
