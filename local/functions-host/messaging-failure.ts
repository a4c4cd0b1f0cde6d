import type { ListenerFailure } from './keep-listening.ts';
import type { MessagingConnection } from './messaging-connection.ts';

// Pretend: Azure's processors try on at their own pace. Here someone watches, and a refusal costs at most one attach in 5 s.
const RETRY_MS = { refused: 5_000, lost: 500 };

export interface MessagingTarget {
  readonly connection: MessagingConnection;
  /** `queue 'q'`, `hub 'h'` … */
  readonly entity: string;
  /** The role that lets one listen. */
  readonly role: string;
}

/** Why the listener can't listen and what to do, where the real host shows the SDK's exception. */
export function explainMessagingFailure(error: unknown, target: MessagingTarget): ListenerFailure {
  const { connection, entity, role } = target;
  const { code, message } = causeOf(error);
  const where = `the ${entity} of the namespace '${connection.fullyQualifiedNamespace}'`;
  const who =
    connection.clientId === undefined
      ? "the app's identity"
      : `the identity with client id ${connection.clientId}`;
  if (/^(UnauthorizedAccess|UnauthorizedError)$/.test(code)) {
    const reason = /claim\(s\) are required/i.test(message)
      ? `${who} lacks the role '${role}' on ${where}, or got it a moment ago.`
      : `${where} does not accept the token of ${who}: ${message}`;
    return { reason, retryMs: RETRY_MS.refused, isPassing: false };
  }
  if (/^MessagingEntityNotFound/.test(code)) {
    return { reason: `${where} could not be found.`, retryMs: RETRY_MS.refused, isPassing: false };
  }
  if (/^MessagingEntityDisabled/.test(code)) {
    return { reason: `${where} is disabled.`, retryMs: RETRY_MS.refused, isPassing: false };
  }
  return {
    reason: `${where} can't be listened to: ${message}`,
    retryMs: RETRY_MS.lost,
    isPassing: true,
  };
}

/** The first cause, without what changes from attempt to attempt. */
function causeOf(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const { code } = error as { code?: unknown };
  const [sentence = ''] = error.message.split(
    /\s*(?:TrackingId|Reference|SystemTracker|For more information)\b/,
  );
  return { code: String(code ?? ''), message: sentence.trim() || error.name };
}
