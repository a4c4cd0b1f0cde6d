// A user delegation SAS is checked here, by its own version's rules, and signed anew in the form that Azurite knows.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BlobTarget } from './parse-blob-request.ts';
import { authenticationFailed, StorageError } from './storage-error.ts';

/** The newest form that Azurite 3.35 reads; later ones have more fields. */
const AZURITE_VERSION = '2021-12-02';

/** The key that `principalId` asked for with these times, base64: derived as Azurite derives it. */
export function deriveDelegationKey(
  delegationSecret: string,
  signed: {
    principalId: string;
    tenantId: string;
    start: string;
    expiry: string;
    version: string;
  },
): string {
  const { principalId, tenantId, start, expiry, version } = signed;
  return createHmac('sha256', delegationSecret)
    .update([principalId, tenantId, start, expiry, 'b', version].join('\n'), 'utf8')
    .digest('base64');
}

/**
 * The parameters of the SAS for Azurite, which goes on to check permissions and times.
 * Throws AuthenticationFailed if the signature is not by a key of this service.
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
export function signDelegationAnew(
  account: string,
  target: BlobTarget,
  delegationSecret: string,
): ReadonlyMap<string, string> {
  const { signature } = target;
  if (['skdutid', 'sduoid', 'srh', 'srq', 'si'].some((name) => signature.has(name))) {
    // Pretend: a SAS bound to a user or to request headers is not served; a stored policy is refused in Azure too.
    throw new StorageError(
      400,
      'UnsupportedQueryParameter',
      'One of the query parameters specified in the request URI is not supported.',
    );
  }
  const field = (name: string) => signature.get(name) ?? '';
  const key = deriveDelegationKey(delegationSecret, {
    principalId: field('skoid'),
    tenantId: field('sktid'),
    start: field('skt'),
    expiry: field('ske'),
    version: field('skv'),
  });
  const given = Buffer.from(field('sig'), 'base64');
  const expected = Buffer.from(sign(account, target, signature, key), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw authenticationFailed('Signature did not match.');
  }
  // Pretend: an IP range (`sip`) is not looked at: every caller here is on loopback.
  const renewed = new Map(signature).set('sv', AZURITE_VERSION);
  renewed.delete('sip');
  return renewed.set('sig', sign(account, target, renewed, key));
}

/** Signature over the fields that the SAS's own version (`sv`) has, in their order. */
function sign(
  account: string,
  { container, blob, query }: BlobTarget,
  signature: ReadonlyMap<string, string>,
  key: string,
): string {
  const fields = (...names: string[]) => names.map((name) => signature.get(name) ?? '');
  const since = (version: string, ...values: string[]) =>
    (signature.get('sv') ?? '') >= version ? values : [];
  const path = signature.get('sr') === 'c' ? container : `${container}/${blob}`;
  const toSign = [
    ...fields('sp', 'st', 'se'),
    `/blob/${account}/${path}`,
    ...fields('skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'),
    ...since('2020-02-10', ...fields('saoid', 'suoid', 'scid')),
    ...since('2025-07-05', '', ''), // skdutid, sduoid
    ...fields('sip', 'spr', 'sv', 'sr'),
    query.get('snapshot') ?? '',
    ...since('2020-12-06', ...fields('ses')),
    ...since('2026-04-06', '', ''), // srh, srq
    ...fields('rscc', 'rscd', 'rsce', 'rscl', 'rsct'),
  ].join('\n');
  return createHmac('sha256', Buffer.from(key, 'base64')).update(toSign, 'utf8').digest('base64');
}
