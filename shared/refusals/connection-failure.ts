import { AppError, type Target } from '../errors.ts';

/** Node's and OpenSSL's codes → what happened to the connection to `host`. */
const FAILURES: Readonly<
  Record<string, readonly [message: (host: string) => string, nextStep: string]>
> = {
  ENOTFOUND: [
    (host) => `The name ${host} does not resolve.`,
    'Check the setting that holds it; with a private endpoint, check the DNS zone.',
  ],
  EAI_AGAIN: [
    (host) => `The name ${host} could not be resolved just now.`,
    'Try again; check DNS.',
  ],
  ECONNREFUSED: [
    (host) => `Nothing listens at ${host}.`,
    'Check that the service is up and the address right.',
  ],
  ECONNRESET: [(host) => `${host} cut the connection.`, 'Try again.'],
  EPIPE: [(host) => `${host} cut the connection.`, 'Try again.'],
  ETIMEDOUT: [
    (host) => `${host} did not answer in time.`,
    "Try again; if it persists, look at the service's health and at network rules.",
  ],
  EHOSTUNREACH: [(host) => `${host} can't be reached.`, 'Check the route to it.'],
  ENETUNREACH: [(host) => `${host} can't be reached.`, 'Check the route to it.'],
  REQUEST_SEND_ERROR: [(host) => `The connection to ${host} broke.`, 'Try again.'],
  PARSE_ERROR: [(host) => `The answer of ${host} was cut or can't be read.`, 'Try again.'],
  CERT_HAS_EXPIRED: [
    (host) => `The TLS certificate of ${host} has expired.`,
    'It must be renewed; the connection was not used.',
  ],
  CERT_NOT_YET_VALID: [
    (host) => `The TLS certificate of ${host} is not valid yet.`,
    "Check this machine's clock; the connection was not used.",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    (host) => `The TLS certificate at ${host} is for another name.`,
    'Find out who answers there; the connection was not used.',
  ],
};

const FOREIGN_CA =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)$/;
const TLS_VERSION = /^(?:EPROTO|ERR_SSL_.*|ERR_TLS_.*)$/;

/** TARGET_UNAVAILABLE for a call that got no usable answer; undefined if `code` tells nothing of the kind. */
export function connectionFailure(
  target: Target,
  host: string,
  code: string,
  cause: unknown,
): AppError | undefined {
  const told = tell(host, code);
  return (
    told &&
    new AppError({ code: 'TARGET_UNAVAILABLE', target, message: told[0], nextStep: told[1], cause })
  );
}

function tell(host: string, code: string): readonly [string, string] | undefined {
  const known = Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined;
  if (known) return [known[0](host), known[1]];
  if (FOREIGN_CA.test(code)) {
    return [
      `The TLS certificate of ${host} comes from a CA that this machine does not trust (${code}).`,
      'Find out who answers there; the connection was not used.',
    ];
  }
  if (TLS_VERSION.test(code)) {
    return [
      `${host} and this machine agree on no TLS version or cipher (${code}).`,
      'TLS 1.2 or newer is needed; the connection was not used.',
    ];
  }
  return undefined;
}
