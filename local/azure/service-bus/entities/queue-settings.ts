import type { QueueSettings as QueueEntitySettings } from '../../providers/provider.ts';

/** What decides how messages lie in a queue, subscription or dead-letter queue. */
export type QueueSettings = Pick<
  QueueEntitySettings,
  | 'lockDurationMs'
  | 'maxDeliveryCount'
  | 'requiresSession'
  | 'defaultMessageTimeToLiveMs'
  | 'deadLetteringOnMessageExpiration'
>;

/** What decides which messages a queue or topic takes. */
export type IntakeSettings = Pick<
  QueueEntitySettings,
  'maxSizeInMegabytes' | 'requiresDuplicateDetection' | 'duplicateDetectionHistoryTimeWindowMs'
>;
