import { once } from '../credential.ts';

/** Loading one takes 100 ms: at first use, or before it by `loadMessagingSdks`. */
export const eventHubsSdk = once(() => import('@azure/event-hubs'));
export const serviceBusSdk = once(() => import('@azure/service-bus'));

/** Loads both ahead of the first message. Never throws: whoever needs them is told. */
export async function loadMessagingSdks(): Promise<void> {
  await Promise.allSettled([eventHubsSdk(), serviceBusSdk()]);
}
