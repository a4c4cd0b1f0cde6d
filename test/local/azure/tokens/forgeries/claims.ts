// F25 to F50: time, issuer, audience, principal.
import { otherUserAssigned, systemAssigned, tenantId, userAssigned } from '../embedded-tenant.ts';
import { claimsJson, type Forgery, withRawPart } from '../token-bench.ts';
import { takenAudiences } from './taken-audiences.ts';

export const claimForgeries: readonly Forgery[] = [
  {
    name: 'F25 expired by the skew and a second',
    problem: 'expired',
    make: (b) => b.forged({ exp: b.nowSeconds - 301 }),
  },
  { name: 'F26 no exp', problem: 'malformed', make: (b) => b.forged({ exp: undefined }) },
  {
    name: 'F27 an exp that is no time',
    problem: 'malformed',
    make: (b) =>
      [String(b.claims.exp), -1, null, [b.claims.exp], true]
        .map((exp) => b.forged({ exp }))
        .concat(
          withRawPart(b, 1, claimsJson(b).replace(/"exp":\d+/, '"exp":1e30')),
          withRawPart(b, 1, claimsJson(b).replace(/"exp":\d+/, '"exp":1e999')),
        ),
  },
  {
    name: 'F28 nbf ahead',
    problem: 'notYetValid',
    make: (b) => b.forged({ nbf: b.nowSeconds + 301 }),
  },
  { name: 'F29 no nbf', problem: 'malformed', make: (b) => b.forged({ nbf: undefined }) },
  {
    name: 'F30 iat ahead',
    problem: 'notYetValid',
    make: (b) => b.forged({ iat: b.nowSeconds + 301 }),
  },
  {
    name: 'F31 another tenant',
    problem: 'issuer',
    make: (b) => {
      const tid = '99999999-0000-cccc-1111-dddd2222eeee';
      return b.forged({ iss: `https://sts.windows.net/${tid}/`, tid });
    },
  },
  {
    name: 'F32 an issuer spelled differently',
    problem: 'issuer',
    make: (b) =>
      [
        `https://sts.windows.net/${tenantId}`,
        `http://sts.windows.net/${tenantId}/`,
        `https://STS.windows.net/${tenantId}/`,
        `https://sts.windows.net/${tenantId.toUpperCase()}/`,
      ].map((iss) => b.forged({ iss })),
  },
  {
    name: 'F33 issuer and version that do not belong together',
    problem: 'issuer',
    make: (b) =>
      [
        { iss: `https://login.microsoftonline.com/${tenantId}/v2.0` },
        { ver: '2.0' },
        { ver: 1 },
        { ver: undefined },
      ].map((changes) => b.forged(changes)),
  },
  {
    name: 'F34 the issuer of all tenants',
    problem: 'issuer',
    make: (b) => b.forged({ iss: 'https://sts.windows.net/common/' }),
  },
  {
    name: 'F35 an issuer that is no string',
    problem: 'issuer',
    make: (b) => [[b.claims.iss], undefined, null].map((iss) => b.forged({ iss })),
  },
  {
    name: "F36 a tid that is not the issuer's",
    problem: 'issuer',
    make: (b) =>
      ['99999999-0000-cccc-1111-dddd2222eeee', undefined].map((tid) => b.forged({ tid })),
  },
  {
    name: 'F37 an issuer that looks alike',
    problem: 'issuer',
    make: (b) =>
      [
        `https://sts.windows.net.evil.example/${tenantId}/`,
        `https://sts.wind0ws.net/${tenantId}/`,
        `https://evil.example/https://sts.windows.net/${tenantId}/`,
      ].map((iss) => b.forged({ iss })),
  },
  {
    name: "F38 F43 every other door's audience",
    problem: 'audience',
    make: (b) =>
      Object.values(takenAudiences)
        .flat()
        .concat('https://strangers.blob.core.windows.net')
        .filter((aud) => !takenAudiences[b.door].includes(aud))
        .map((aud) => b.forged({ aud })),
  },
  {
    name: 'F39 an audience that goes on',
    problem: 'audience',
    make: (b) =>
      [
        `${b.audience}.evil.example`,
        `${b.audience}//`,
        `${b.audience}/x`,
        ` ${b.audience}`,
        b.audience.replace(/^\w+/, 'http'),
      ].map((aud) => b.forged({ aud })),
  },
  {
    name: 'F40 an array with the right one in it',
    problem: 'audience',
    make: (b) =>
      [[b.audience], ['https://evil.example', b.audience]].map((aud) => b.forged({ aud })),
  },
  {
    name: 'F41 no audience',
    problem: 'audience',
    make: (b) => [undefined, null, '', {}, { [b.audience]: true }].map((aud) => b.forged({ aud })),
  },
  {
    name: 'F42 an application id as audience',
    problem: 'audience',
    make: (b) =>
      [
        userAssigned.clientId,
        '797f4846-ba00-4fd7-ba43-dac1f8f63013',
        'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
      ].map((aud) => b.forged({ aud })),
  },
  {
    name: 'F44 a deleted principal',
    problem: 'principal',
    make: (b) => {
      const deleted = {
        ...userAssigned,
        principalId: '77777777-aaaa-4bbb-8ccc-000000000001',
        clientId: '77777777-aaaa-4bbb-8ccc-000000000002',
      };
      b.tenant.directory.add(deleted);
      b.tenant.directory.remove(deleted.principalId);
      return b.forged({ oid: deleted.principalId, appid: deleted.clientId });
    },
  },
  { name: 'F45 no oid', problem: 'principal', make: (b) => b.forged({ oid: undefined }) },
  {
    name: 'F46 an unknown oid',
    problem: 'principal',
    make: (b) => b.forged({ oid: '88888888-aaaa-4bbb-8ccc-000000000001' }),
  },
  {
    name: 'F47 the oid of one and the appid of another',
    problem: 'principal',
    make: (b) =>
      [otherUserAssigned.clientId, systemAssigned.clientId, undefined].map((appid) =>
        b.forged({ appid }),
      ),
  },
  {
    name: 'F48 a user token',
    problem: 'principal',
    make: (b) =>
      [{ scp: 'user_impersonation' }, { idtyp: 'user' }, { idtyp: undefined }].map((changes) =>
        b.forged(changes),
      ),
  },
  {
    name: 'F49 an oid that is no GUID',
    problem: 'principal',
    make: (b) =>
      [[b.claims.oid], 'x', `${b.claims.oid} `, `{${b.claims.oid}}`, 7].map((oid) =>
        b.forged({ oid }),
      ),
  },
  {
    name: "F50 the deployer's, who is a user",
    problem: 'principal',
    make: (b) => {
      const deployer = {
        principalId: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
        clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        kind: 'User',
        displayName: 'deployer',
      } as const;
      b.tenant.directory.add(deployer);
      return b.forged({ oid: deployer.principalId, appid: deployer.clientId });
    },
  },
];
