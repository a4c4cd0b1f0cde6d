import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** .NET renews when half of the lock is over, or 10 s before its end (ReceiverManager.cs, CalculateRenewDelay). */
const MARGIN_MS = 10_000;

/**
 * Renews a message's lock while its function runs. Not the SDK's own renewal: that knows a message by its id, which
 * two messages may share and a third may lack.
 * Returns what ends it.
 */
export function keepLock(
  message: ServiceBusReceivedMessage,
  maxRenewalMs: number,
  renew: () => Promise<Date>,
  onFailure: (error: unknown) => void,
): () => void {
  const endMs = Date.now() + maxRenewalMs;
  let lockedUntilMs = message.lockedUntilUtc?.getTime() ?? 0;
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    const remainingMs = Math.max(0, lockedUntilMs - Date.now());
    if (lockedUntilMs >= endMs) return;
    timer = setTimeout(
      () => {
        renew().then((until) => {
          lockedUntilMs = until.getTime();
          if (timer) schedule();
        }, onFailure);
      },
      remainingMs - Math.min(remainingMs / 2, MARGIN_MS),
    );
  };
  if (maxRenewalMs > 0 && message.lockedUntilUtc) schedule();
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}
