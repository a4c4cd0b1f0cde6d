import { publish } from '../publish/publish.ts';
import type { Services } from '../services.ts';

export interface ScanRequest {
  /** The message id. */
  readonly requestId: string;
  /** ISO 8601, this machine's clock. */
  readonly requestedAt: string;
}

/** Posts a message that asks for a scan. Throws AppError. */
export async function postScanRequest(
  services: Pick<Services, 'settings' | 'serviceBus'>,
): Promise<ScanRequest> {
  const { SERVICE_BUS_REQUEST_QUEUE: queue } = services.settings.need(
    'SERVICE_BUS_NAMESPACE',
    'SERVICE_BUS_REQUEST_QUEUE',
    'IDENTITY_KIND',
  );
  const { serviceBus } = services;
  const request = { requestId: crypto.randomUUID(), requestedAt: new Date().toISOString() };
  const message = {
    eventId: request.requestId,
    messageId: request.requestId,
    body: Buffer.from(JSON.stringify(request)),
    contentType: 'application/json',
    subject: 'scan',
    properties: {},
  };
  await publish(
    [message],
    [{ name: 'servicebus', prepare: (messages) => serviceBus.prepare(queue, messages) }],
  );
  return request;
}
