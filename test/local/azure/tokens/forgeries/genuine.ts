// G2 to G10: tokens that look odd and have to pass.
import type { Sample } from '../token-bench.ts';
import { forge } from '../token-forgery.ts';
import { takenAudiences } from './taken-audiences.ts';

export const genuineTokens: readonly Sample[] = [
  { name: 'G2 expired, within the skew', make: (b) => b.forged({ exp: b.nowSeconds - 299 }) },
  { name: 'G3 nbf ahead, within the skew', make: (b) => b.forged({ nbf: b.nowSeconds + 300 }) },
  {
    name: 'G4 the second published key',
    make: async (b) => forge(await b.tenant.keys.add(), b.claims),
  },
  {
    name: 'G5 the old key after a rotation',
    make: async (b) => {
      const old = b.tenant.keys.current();
      await b.tenant.keys.rotate();
      if (b.tenant.keys.current().kid === old.kid) throw new Error('the key was not rotated');
      return forge(old, b.claims);
    },
  },
  {
    name: 'G6 each audience with and without slash',
    make: (b) => takenAudiences[b.door].map((aud) => b.forged({ aud })),
  },
  {
    name: 'G9 claims that nobody knows',
    make: (b) => b.forged({ xms_cc: ['cp1'], xms_tdbr: 'EU', nested: { deep: [1, { a: 2 }] } }),
  },
  { name: 'G10 no typ', make: (b) => b.forged({}, { typ: undefined }) },
];
