// The doors that verify tokens, as columns of the table of forged tokens: what is asked, and how each refuses.
// A new door adds one column here, and its audiences to test/local/azure/tokens/token-bench.ts.
import type { Door } from '../../local/azure/doors.ts';
import { tenantId } from '../../local/azure/tenant.ts';
import type { TokenProblem } from '../../local/azure/tokens/tokens.ts';
import { apiClientId, type DoorName } from '../local/azure/tokens/token-bench.ts';
import { groupId } from '../support/local-azure.ts';

export const names = {
  group: 'rg-forged',
  vault: 'kv-forged',
  account: 'account',
  api: 'func-forged',
};

/** Without a token: no header at all, one of another scheme, one that names the scheme only. */
export type Presentation = Exclude<TokenProblem, 'missing'> | 'absent' | 'otherScheme' | 'empty';

export interface ExpectedRefusal {
  readonly status: number;
  /** Fits the whole WWW-Authenticate header; an empty text where there is none. */
  readonly challenge: RegExp;
  /** Fits the whole body. */
  readonly body: RegExp;
}

export interface DoorColumn {
  readonly door: Door & DoorName;
  readonly host: string;
  /** Answers 200 to the identity of the test. */
  readonly target: string;
  readonly headers: readonly string[];
  /** `found`: the audience or issuer of the token, where the refusal is for that. */
  refusal(problem: Presentation, found: string): ExpectedRefusal;
}

const NONE = /^$/;

/** Stands for a time in an expected text. */
const TIME = '<time>';

/** `6/15/2026 8:22:51 AM` */
const DOT_NET_TIME = String.raw`\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M`;

const STS = `https://sts.windows.net/${tenantId}/`;

/** [hashicorp/go-azure-helpers#51] and the threads named in local/azure/resource-manager/authenticate.ts. */
const resourceManager: DoorColumn = {
  door: 'resource-manager',
  host: 'management.azure.com',
  target: `${groupId(names.group)}?api-version=2021-04-01`,
  headers: [],
  refusal(problem, found) {
    const [code, message] = resourceManagerWords(problem, found);
    const description =
      problem === 'absent'
        ? "The authentication failed because of missing 'Authorization' header."
        : message;
    return {
      status: 401,
      challenge: exactly(
        `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description}"`,
      ),
      body: exactly(JSON.stringify({ error: { code, message } })),
    };
  },
};

function resourceManagerWords(problem: Presentation, found: string): readonly [string, string] {
  const allowed =
    "'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'";
  const invalidHeader = [
    'AuthenticationFailedInvalidHeader',
    "Authentication failed. The 'Authorization' header is provided in an invalid format.",
  ] as const;
  const invalid = ['InvalidAuthenticationToken', 'The access token is invalid.'] as const;
  return {
    absent: [
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    ] as const,
    otherScheme: invalidHeader,
    empty: invalidHeader,
    malformed: invalid,
    signature: invalid,
    notYetValid: invalid,
    principal: invalid,
    expired: [
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${TIME}' is earlier than current UTC time '${TIME}'.`,
    ] as const,
    issuer: [
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer '${found}'. It must match the tenant '${STS}' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    ] as const,
    audience: [
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${found}'. It should exactly match with one of the allowed audiences ${allowed}.`,
    ] as const,
  }[problem];
}

/** [R25] and the threads named in local/azure/key-vault/errors.ts. */
const keyVault: DoorColumn = {
  door: 'key-vault',
  host: `${names.vault}.vault.azure.net`,
  target: '/secrets?api-version=7.4',
  headers: [],
  refusal(problem, found) {
    const missing = 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.';
    const invalid = "[AggregatedAuthenticationFailure] Error validating token: 'S2S17001'.";
    const message = {
      absent: missing,
      otherScheme: missing,
      empty: missing,
      malformed: invalid,
      notYetValid: invalid,
      principal: invalid,
      signature: 'AKV10046: Unable to resolve the key used for signature validation.',
      expired: "[TokenExpired] Error validating token: 'S2S12086'.",
      issuer: `AKV10032: Invalid issuer. Expected one of ${STS}, found ${found}.`,
      audience: `AKV10022: Invalid audience. Expected https://vault.azure.net, found: ${found}.`,
    }[problem];
    return {
      status: 401,
      challenge: exactly(
        `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
      ),
      body: exactly(JSON.stringify({ error: { code: 'Unauthorized', message } })),
    };
  },
};

/** [R40] */
const blob: DoorColumn = {
  door: 'blob',
  host: `${names.account}.blob.core.windows.net`,
  target: '/?comp=list',
  headers: ['x-ms-version: 2024-11-04'],
  refusal(problem) {
    const seeHeader =
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.';
    if (problem === 'otherScheme') {
      const text =
        'Authentication information is not given in the correct format. Check the value of Authorization header.';
      return {
        status: 400,
        challenge: NONE,
        body: storageBody('InvalidAuthenticationInfo', text),
      };
    }
    const challenge = exactly(
      `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`,
    );
    if (problem === 'absent') {
      return {
        status: 401,
        challenge,
        body: storageBody('NoAuthenticationInformation', seeHeader),
      };
    }
    const detail = {
      empty: 'The Authorization header is not well formed.',
      malformed: 'The token is not well formed.',
      signature: 'Signature validation failed.',
      notYetValid: 'Lifetime validation failed. The token is not yet valid.',
      expired: 'Lifetime validation failed. The token is expired.',
      issuer: 'Issuer validation failed. Issuer did not match.',
      audience: 'Audience validation failed. Audience did not match.',
      principal: 'Principal validation failed.',
    }[problem];
    return {
      status: 401,
      challenge,
      body: storageBody('InvalidAuthenticationInfo', seeHeader, detail),
    };
  },
};

function storageBody(code: string, message: string, detail?: string): RegExp {
  const [start, end] = ['\u{feff}<?xml version="1.0" encoding="utf-8"?><Error>', '</Error>'].map(
    (text) => RegExp.escape(text),
  );
  const told = `<Code>${code}</Code><Message>${RegExp.escape(message)}\nRequestId:[0-9a-f-]{36}\nTime:[0-9T:.-]+Z</Message>`;
  const more =
    detail === undefined
      ? ''
      : RegExp.escape(`<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>`);
  return new RegExp(`^${start}${told}${more}${end}$`);
}

/** [microsoftgraph/microsoft-graph-docs#16208] */
const graph: DoorColumn = {
  door: 'graph',
  host: 'graph.microsoft.com',
  target: '/v1.0/servicePrincipals',
  headers: [],
  refusal(problem) {
    const invalid = 'Access token validation failure.';
    const empty = 'Access token is empty.';
    const message =
      {
        absent: empty,
        otherScheme: empty,
        empty,
        audience: 'Access token validation failure. Invalid audience.',
        expired: 'Lifetime validation failed, the token is expired.',
        malformed: invalid,
        signature: invalid,
        notYetValid: invalid,
        principal: invalid,
        issuer: invalid,
      }[problem] ?? invalid;
    const start = `{"error":{"code":"InvalidAuthenticationToken","message":"${message}","innerError":{`;
    return {
      status: 401,
      challenge: NONE,
      body: new RegExp(`^${RegExp.escape(start)}[^{}]+}}}$`),
    };
  },
};

/** yeongseon/azure-paas-troubleshooting-labs: the same words for no token and for a wrong one, and no body. */
const appService: DoorColumn = {
  door: 'app-service',
  host: `${names.api}.azurewebsites.net`,
  target: '/api/orders',
  headers: [],
  refusal: () => ({
    status: 401,
    challenge: exactly(
      `Bearer realm="${names.api}.azurewebsites.net" authorization_uri="https://login.windows.net/${tenantId}/oauth2/authorize" resource_id="${apiClientId}"`,
    ),
    body: NONE,
  }),
};

function exactly(text: string): RegExp {
  const parts = text.split(TIME).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(DOT_NET_TIME)}$`);
}

export const doorColumns: readonly DoorColumn[] = [
  resourceManager,
  keyVault,
  blob,
  graph,
  appService,
];
