// Blob storage's refusals, and the one place where a refusal of this door becomes bytes.
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import type { TokenError, TokenProblem } from '../tokens/tokens.ts';

/** A refusal with the sentence that only some authentication failures have. */
export class StorageError extends ServiceError {
  /** `<AuthenticationErrorDetail>`. */
  readonly authenticationDetail?: string;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { headers?: Record<string, string>; authenticationDetail?: string; cause?: unknown } = {},
  ) {
    super(status, code, message, more);
    if (more.authenticationDetail !== undefined) {
      this.authenticationDetail = more.authenticationDetail;
    }
  }
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
export function permissionMismatch(): StorageError {
  return new StorageError(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  );
}

/** Azure: what `allowSharedKeyAccess: false` says to account keys and to SAS made with them [Azure/AI-Landing-Zones#64]. */
export function keysNotPermitted(): StorageError {
  return new StorageError(
    403,
    'KeyBasedAuthenticationNotPermitted',
    'Key based authentication is not permitted on this storage account.',
  );
}

/**
 * Azure: older callers without credentials are told that public access is off.
 * Source: https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent
 */
export function publicAccessNotPermitted(): StorageError {
  return new StorageError(
    409,
    'PublicAccessNotPermitted',
    'Public access is not permitted on this storage account.',
  );
}

const SEE_CHALLENGE =
  'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.';
const CHECK_HEADER =
  'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.';

/**
 * Azure: callers without credentials and with x-ms-version 2019-12-12 or later get the challenge
 * (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#bearer-challenge).
 */
export function noAuthentication(tenantId: string): StorageError {
  return new StorageError(401, 'NoAuthenticationInformation', SEE_CHALLENGE, {
    headers: challenge(tenantId),
  });
}

export function authenticationFailed(authenticationDetail: string): StorageError {
  return new StorageError(403, 'AuthenticationFailed', CHECK_HEADER, { authenticationDetail });
}

// Azure: `audience` [Azure/AzureStor#119], `expired` [Azure/azure-sdk-for-java#8667].
const tokenDetails: Readonly<Record<TokenProblem, string>> = {
  audience: 'Audience validation failed. Audience did not match.',
  expired: 'Lifetime validation failed. The token is expired.',
  // Pretend: the wordings for all else that is wrong with a token.
  notYetValid: 'Lifetime validation failed. The token is not yet valid.',
  issuer: 'Issuer validation failed. Issuer did not match.',
  signature: 'Signature validation failed.',
  malformed: 'The token is not well formed.',
  principal: 'Principal validation failed.',
  missing: 'The Authorization header is not well formed.',
};

/** 401 with the unquoted challenge [R40]. */
export function invalidToken(error: TokenError, tenantId: string): StorageError {
  return new StorageError(401, 'InvalidAuthenticationInfo', SEE_CHALLENGE, {
    headers: challenge(tenantId),
    authenticationDetail: tokenDetails[error.problem],
    cause: error,
  });
}

function challenge(tenantId: string): Record<string, string> {
  return {
    'WWW-Authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`,
  };
}

export interface RenderedError {
  readonly status: number;
  readonly reason: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** XML behind a BOM, the code also as a header, the message also as the reason phrase [R41]. */
export function renderStorageError(error: ServiceError, nowMs: number): RenderedError {
  const requestId = randomUUID();
  const detail =
    error instanceof StorageError && error.authenticationDetail !== undefined
      ? `<AuthenticationErrorDetail>${escapeXml(error.authenticationDetail)}</AuthenticationErrorDetail>`
      : '';
  const message = `${error.message}\nRequestId:${requestId}\nTime:${toAzureTimestamp(nowMs)}`;
  const body = Buffer.from(
    `\u{feff}<?xml version="1.0" encoding="utf-8"?><Error><Code>${error.code}</Code><Message>${escapeXml(message)}</Message>${detail}</Error>`,
  );
  return {
    status: error.status,
    reason: error.message.replace(/[^\x20-\x7e]/g, '?'),
    headers: {
      'Content-Type': 'application/xml',
      'Content-Length': body.length,
      'x-ms-request-id': requestId,
      'x-ms-error-code': error.code,
      ...error.headers,
    },
    body,
  };
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
