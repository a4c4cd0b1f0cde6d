/** A message on its way to Event Hubs or Service Bus. */
export interface OutgoingMessage {
  /** Of the event in it. */
  readonly eventId: string;
  /** Service Bus drops what comes with the same one again. Azure: at most 128 characters. */
  readonly messageId: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** Event Hubs keeps the order of events with the same one. Azure: at most 128 characters. */
  readonly partitionKey?: string;
  readonly subject?: string;
  /** What filters of subscriptions see. */
  readonly properties: Readonly<Record<string, string>>;
}
