interface MessagingRetryOptions {
  maxRetries: number;
  retryDelayInMs: number;
  maxRetryDelayInMs: number;
  timeoutInMs: number;
}

/** How long the peer may say nothing: an SDK alone waits 60 s (Event Hubs) or 330 s (Service Bus). */
export const SILENCE_MS = 3_000;

/**
 * Azure's SDKs take 90 to 450 s to tell of a refusal by default; with these it is under 3 s. Their mode is "fixed"
 * unless told otherwise. A new object each time: they write into it.
 */
export function messagingRetryOptions(): MessagingRetryOptions {
  return {
    maxRetries: 2,
    retryDelayInMs: 200,
    maxRetryDelayInMs: 200,
    timeoutInMs: SILENCE_MS,
  };
}
