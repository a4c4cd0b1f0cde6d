// One door's verifier with a genuine token for it, and the form of a table of forgeries.
import {
  eventHubsAudiences,
  graphAudiences,
  keyVaultAudiences,
  resourceManagerAudiences,
  serviceBusAudiences,
  sqlAudiences,
  storageAudiences,
} from '../../../../local/azure/tokens/audiences.ts';
import type { TokenProblem } from '../../../../local/azure/tokens/tokens.ts';
import { createTenant, userAssigned } from './embedded-tenant.ts';
import { base64Url, decodePart, forge, type Json, signParts } from './token-forgery.ts';

/** The registration of an API of one's own. */
export const apiClientId = '11112222-bbbb-3333-cccc-4444dddd5555';

/** Each column of the table: what the door accepts as audience. */
export const doors = {
  'resource-manager': resourceManagerAudiences,
  'key-vault': keyVaultAudiences,
  blob: storageAudiences('account'),
  graph: graphAudiences,
  'event-hubs': eventHubsAudiences,
  'service-bus': serviceBusAudiences,
  sql: sqlAudiences,
  /** Of one application: what its site is told to take. */
  'app-service': [`api://${apiClientId}`, `api://${apiClientId}/`],
} as const;
export type DoorName = keyof typeof doors;

export type Tenant = Awaited<ReturnType<typeof createTenant>>;

export interface Bench {
  readonly tenant: Tenant;
  readonly door: DoorName;
  readonly audience: string;
  /** A genuine token for the door, and its claims. */
  readonly genuine: string;
  readonly claims: Json;
  readonly nowSeconds: number;
  /** Genuinely signed, with these claims changed. */
  forged(changes: Json, header?: Json): string;
}

export interface Sample {
  readonly name: string;
  make(bench: Bench): string | readonly string[] | Promise<string | readonly string[]>;
}

export interface Forgery extends Sample {
  readonly problem: Exclude<TokenProblem, 'missing'>;
}

/** `given`: a fresh one by default; a running Azure's to try its doors. */
export async function createBench(door: DoorName, given?: Tenant): Promise<Bench> {
  const tenant = given ?? (await createTenant());
  const [audience = ''] = doors[door];
  const { accessToken } = await tenant.tokens.issue(userAssigned, audience);
  const claims = decodePart(accessToken, 1);
  const forged = (changes: Json, header: Json = {}) =>
    forge(tenant.keys.current(), { ...claims, ...changes }, header);
  const nowSeconds = Math.floor(tenant.clock.nowMs() / 1000);
  return { tenant, door, audience, genuine: accessToken, claims, nowSeconds, forged };
}

/** The genuine token with other bytes as header (0) or payload (1), genuinely signed. */
export function withRawPart(bench: Bench, index: 0 | 1, bytes: string | Uint8Array): string {
  const parts = bench.genuine.split('.');
  parts[index] = base64Url(bytes);
  return signParts(parts[0] ?? '', parts[1] ?? '', bench.tenant.keys.current().privateKey);
}

export function headerJson(bench: Bench): string {
  return JSON.stringify(decodePart(bench.genuine, 0));
}

export function claimsJson(bench: Bench): string {
  return JSON.stringify(bench.claims);
}
