import type { EventEmitter } from 'node:events';

/** A message of the server. */
export interface ServerMessage {
  readonly number: number;
  /** In the server's words: read, never passed on. */
  readonly text: string;
}

const messagesOf = new WeakMap<object, readonly ServerMessage[]>();

/**
 * Listens to a connection that is about to log in. The driver makes an error of the last refusal alone, and drops its
 * number; one login may be refused by two (4060, then 18456).
 */
export function listenToLogin(connection: EventEmitter): void {
  const messages: ServerMessage[] = [];
  const onMessage = ({ number, message }: { number: number; message: string }) => {
    messages.push({ number, text: message });
  };
  connection.on('errorMessage', onMessage);
  connection.once('connect', (error?: object) => {
    connection.removeListener('errorMessage', onMessage);
    if (error) messagesOf.set(error, messages);
  });
}

/** What the server said to the login that ended with this error of the driver's. */
export function loginMessagesOf(error: object): readonly ServerMessage[] {
  return messagesOf.get(error) ?? [];
}
