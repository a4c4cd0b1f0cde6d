// Request and response over a pair of links: what `$cbs` and every `$management` node have in common.
// Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response
import { type AmqpValue, toRecord, typed } from './codec/amqp-value.ts';
import { type DecodedMessage, decodeMessage, encodeMessage } from './codec/sections.ts';
import type { IncomingLinkEnd } from './incoming-link-end.ts';
import type { LinkEnd } from './link-end.ts';
import type { ManagementResponse } from './messaging-node.ts';
import type { OutgoingLinkEnd } from './outgoing-link-end.ts';
import { ReplyLink } from './reply-link.ts';
import { toAmqpError } from './to-amqp-error.ts';

/** A request is small: a token, a list of lock tokens, a batch of scheduled messages. */
const MAX_REQUEST_BYTES = 1024 * 1024;

export interface NodeRequest {
  readonly properties: Readonly<Record<string, AmqpValue>>;
  readonly body: AmqpValue;
  /** Of the transaction that it belongs to. */
  readonly transactionId?: Buffer;
}

type Handler = (request: NodeRequest) => Promise<ManagementResponse>;

interface RegisteredReplyLink {
  readonly link: OutgoingLinkEnd;
  readonly node: string;
  readonly replies: ReplyLink;
}

/** The reply links of one connection, and how a request finds its own. */
export class RequestNodes {
  #replyLinks: RegisteredReplyLink[] = [];

  /** The client will hear answers on this link. */
  acceptReceiver(link: OutgoingLinkEnd, node: string): void {
    const replies = new ReplyLink(link);
    this.#replyLinks.push({ link, node, replies });
    link.closed.addEventListener('abort', () => {
      this.#replyLinks = this.#replyLinks.filter((entry) => entry.link !== link);
    });
    link.accept(replies, { maxMessageSizeBytes: MAX_REQUEST_BYTES, offeredCapabilities: [] });
  }

  /** The client will send requests on this link; they are handled one after the other. */
  acceptSender(link: IncomingLinkEnd, node: string, handle: Handler): void {
    let last: Promise<void> = Promise.resolve();
    // Accepted before it is handled: a client stack dies when the answer overtakes the disposition.
    const take = (message: Buffer, transactionId?: Buffer) => {
      const request = decodeMessage(Buffer.from(message));
      const handleIt: Handler = (asked) =>
        handle({ ...asked, ...(transactionId && { transactionId }) });
      last = last.then(nextTurn).then(() => this.#answer(link, node, request, handleIt));
    };
    link.accept({ receive: (message) => take(message), receiveIn: take }, MAX_REQUEST_BYTES);
  }

  async #answer(
    link: LinkEnd,
    node: string,
    request: DecodedMessage,
    handle: Handler,
  ): Promise<void> {
    if (link.closed.aborted) return;
    const properties = toRecord(request.applicationProperties);
    const response = await handle({ properties, body: request.body }).catch(toResponse);
    const correlationId = request.messageId ?? request.correlationId;
    this.#find(link, node, request.replyTo)?.replies.send(
      encodeMessage({
        ...(correlationId && { correlationId }),
        applicationProperties: responseProperties(response),
        body: response.body,
      }),
    );
  }

  /** By the reply-to: target address or name of a link; without one, the same session's link for the node. */
  #find(link: LinkEnd, node: string, replyTo: string | undefined): RegisteredReplyLink | undefined {
    const named = this.#replyLinks.find(
      (entry) => entry.link.attach.target.address === replyTo || entry.link.name === replyTo,
    );
    if (replyTo !== undefined && named) return named;
    return this.#replyLinks.find(
      (entry) => entry.link.session === link.session && entry.node === node,
    );
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function toResponse(error: unknown): ManagementResponse {
  const { statusCode, message, condition } = toAmqpError(error);
  return { statusCode, statusDescription: message, errorCondition: condition };
}

/** Event Hubs and `$cbs` clients read the names with dashes, Service Bus's the others: both are sent. */
function responseProperties(response: ManagementResponse): Record<string, AmqpValue> {
  const { statusCode = 200, statusDescription = 'OK', errorCondition, properties } = response;
  const code = typed('int', statusCode);
  const condition = errorCondition === undefined ? undefined : typed('symbol', errorCondition);
  return {
    'status-code': code,
    'status-description': statusDescription,
    statusCode: code,
    statusDescription,
    // Without it the SDKs read 403 as a quota.
    ...(condition && { 'error-condition': condition, errorCondition: condition }),
    ...properties,
  };
}
