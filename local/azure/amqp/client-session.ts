// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/message-sessions.
// One client at the messaging door: its namespace, the tokens it has put, and what its links may do.
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { Tokens } from '../tokens/tokens.ts';
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import { authorizeLink } from './authorize-link.ts';
import { Claims, covers } from './claims.ts';
import type { AmqpValue } from './codec/amqp-value.ts';
import type { Connection } from './connection.ts';
import { createCoordinator } from './coordinator.ts';
import { IncomingLinkEnd } from './incoming-link-end.ts';
import { parseLinkAddress } from './link-address.ts';
import type { LinkEnd } from './link-end.ts';
import { callManagement } from './management.ts';
import type { MessagingNamespace, MessagingNode, Right } from './messaging-node.ts';
import { OutgoingLinkEnd } from './outgoing-link-end.ts';
import { managementPath, putToken } from './put-token.ts';
import type { RefusalPacer } from './refusal-pacer.ts';
import { type NodeRequest, RequestNodes } from './request-node.ts';
import { toAmqpError } from './to-amqp-error.ts';

export interface ClientParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly tokens: Tokens;
  readonly access: Access;
  readonly pacer: RefusalPacer;
}

const CBS = '$cbs';
const MAX_COMMAND_BYTES = 4096;

export class ClientSession {
  readonly connection: Connection;
  readonly namespace: MessagingNamespace;
  readonly #parts: ClientParts;
  readonly #claims = new Claims();
  readonly #requests = new RequestNodes();
  /** Links with a right that is asked for again when a token is put or expires. */
  readonly #allowed = new Map<LinkEnd, { readonly node: MessagingNode; readonly path: string }>();
  #hasPutToken = false;

  constructor(connection: Connection, namespace: MessagingNamespace, parts: ClientParts) {
    this.connection = connection;
    this.namespace = namespace;
    this.#parts = parts;
  }

  /** Whether a valid token was ever put. */
  get hasPutToken(): boolean {
    return this.#hasPutToken;
  }

  onAttach(link: LinkEnd): void {
    this.#attach(link).catch((error: unknown) => this.#refuse(link, toAmqpError(error)));
  }

  /** Ends old transactions, and the links whose tokens have expired. Azure: "promptly drops all links … to the respective entity". */
  expireClaims(): void {
    this.connection.transactions.expire(this.#parts.clock.nowMs());
    if (this.#claims.expire(this.#parts.clock.nowMs())) this.#checkLinks('');
  }

  async #attach(link: LinkEnd): Promise<void> {
    const { source, target, isPeerReceiver } = link.attach;
    if (target.isCoordinator) {
      this.#acceptCoordinator(link);
      return;
    }
    if ((isPeerReceiver ? source : target).isDynamic) {
      throw notImplemented('Dynamic nodes are not implemented.');
    }
    const { host, path, isManagement } = parseLinkAddress(link.address);
    if (host !== undefined && host !== this.namespace.host) throw this.#notFound(link.address);
    if (path.toLowerCase() === CBS) this.#acceptCbs(link);
    else if (isManagement) this.#acceptManagement(link, path);
    else await this.#acceptNode(link, path);
  }

  /** Event Hubs has no transactions. Rights are asked for by the links that work in one. */
  #acceptCoordinator(link: LinkEnd): void {
    if (this.namespace.service !== 'ServiceBus' || !(link instanceof IncomingLinkEnd)) {
      throw notImplemented('Transactions are not implemented.');
    }
    link.accept(
      createCoordinator(this.connection.transactions, this.#parts.clock),
      MAX_COMMAND_BYTES,
    );
  }

  #acceptCbs(link: LinkEnd): void {
    if (link instanceof OutgoingLinkEnd) this.#requests.acceptReceiver(link, CBS);
    else if (link instanceof IncomingLinkEnd) {
      this.#requests.acceptSender(link, CBS, (request) => this.#putToken(request));
    }
  }

  async #putToken(request: NodeRequest) {
    const { journal } = this.#parts;
    const name = String(request.properties.name ?? '').slice(0, 300);
    const fact = this.#fact('put-token', name);
    try {
      const { coveredPath, principalId } = await putToken(request, this.namespace, {
        ...this.#parts,
        claims: this.#claims,
      });
      this.#hasPutToken = true;
      journal.record({ ...fact, principalId, status: 202 });
      this.#checkLinks(coveredPath);
      return { statusCode: 202, statusDescription: 'Accepted' };
    } catch (error) {
      const { condition, statusCode } = toAmqpError(error);
      journal.record({ ...fact, status: statusCode, code: condition });
      throw error;
    }
  }

  #acceptManagement(link: LinkEnd, path: string): void {
    this.#assertToken(path);
    if (path !== '') this.namespace.resolve(path);
    const node = path.toLowerCase();
    if (link instanceof OutgoingLinkEnd) this.#requests.acceptReceiver(link, node);
    else if (link instanceof IncomingLinkEnd) {
      this.#requests.acceptSender(link, node, (request) => this.#manage(link, path, request));
    }
  }

  /**
   * Nothing is said of a node to a client that has shown no token for it. The namespace's own node of Event Hubs
   * is open: .NET puts no token for it and shows one in each request.
   */
  #assertToken(path: string): void {
    const isOpen = path === '' && this.namespace.service === 'EventHub';
    if (isOpen || this.#hasTokenFor(path)) return;
    this.#authorize(managementPath(path) || '$management', this.namespace.resourceId, ['Listen']);
  }

  #hasTokenFor(path: string): boolean {
    const { clock } = this.#parts;
    return this.#claims.covering(managementPath(path), clock.nowMs()).length > 0;
  }

  async #manage(link: LinkEnd, linkPath: string, request: NodeRequest) {
    const { name } = request.properties;
    // Event Hubs names the hub in the request, its links go to the namespace's own node.
    const path =
      linkPath === '' && typeof name === 'string' ? parseLinkAddress(name).path : linkPath;
    const claims = await this.#claimsOfRequest(path, request.properties.security_token);
    const node = this.namespace.resolve(path);
    return callManagement(request, node, {
      connectionId: this.connection.id,
      closed: this.connection.ended,
      authorize: (rights) => this.#authorize(managementPath(path), node.scope, rights, claims),
      enlist: (id, work) =>
        this.connection.transactions.add(id, link.session, () => ({ ...work, onEnd() {} })),
    });
  }

  /**
   * The tokens of `$cbs`, else the one that Event Hubs' clients show in each request; that one must be good anyway.
   * Throws AmqpError without any, so that nothing is said of a node to a stranger.
   */
  async #claimsOfRequest(path: string, token: AmqpValue): Promise<Claims> {
    const shown = new Claims();
    // A Python client sends a pair here, and the service takes it.
    if (typeof token === 'string') {
      const properties = { operation: 'put-token', type: 'jwt', name: path };
      const parts = { ...this.#parts, claims: shown };
      await putToken({ properties, body: token }, this.namespace, parts);
      this.#hasPutToken = true;
    }
    if (this.#hasTokenFor(path)) return this.#claims;
    if (shown.isEmpty) this.#authorize(managementPath(path), this.namespace.resourceId, ['Listen']);
    return shown;
  }

  async #acceptNode(link: LinkEnd, path: string): Promise<void> {
    const node = this.namespace.resolve(path);
    const principalId = this.#authorize(path, node.scope, [rightFor(link)]);
    link.allow({ path, principalId });
    this.#allowed.set(link, { node, path });
    link.closed.addEventListener('abort', () => this.#allowed.delete(link));
    const { maxMessageSizeBytes } = node;
    if (link instanceof IncomingLinkEnd) {
      if (!node.acceptSender) throw notAllowed(`'${node.path}' takes no messages.`);
      link.accept(await node.acceptSender(link), maxMessageSizeBytes);
    } else if (link instanceof OutgoingLinkEnd) {
      if (!node.acceptReceiver) throw notAllowed(`'${node.path}' gives no messages.`);
      const source = await node.acceptReceiver(link);
      link.accept(source, {
        maxMessageSizeBytes,
        offeredCapabilities: source.offeredCapabilities ?? [],
      });
    }
    this.#record(link, path, principalId);
  }

  /** Asks again for every link at or below `path`; who has lost the right is detached. */
  #checkLinks(path: string): void {
    const outer = path.toLowerCase();
    for (const [link, { node, path: linkPath }] of [...this.#allowed]) {
      if (!covers(outer, linkPath.toLowerCase())) continue;
      try {
        this.#authorize(linkPath, node.scope, [rightFor(link)]);
      } catch (error) {
        const { condition, message } = toAmqpError(error);
        this.#record(link, linkPath, undefined, condition);
        link.detach({ condition, message });
      }
    }
  }

  #authorize(
    path: string,
    scope: string,
    rights: readonly Right[],
    claims: Claims = this.#claims,
  ): string {
    const { namespace } = this;
    return authorizeLink({ namespace, claims, path, scope, rights }, this.#parts);
  }

  #refuse(link: LinkEnd, error: AmqpError): void {
    const { path } = parseLinkAddress(link.address);
    this.#record(link, path, undefined, error.condition);
    const isReceiver = link instanceof OutgoingLinkEnd;
    const delayMs = isReceiver ? this.#parts.pacer.delayMs(`${path}@${this.connection.id}`) : 0;
    link.refuse(error, delayMs);
  }

  #record(link: LinkEnd, path: string, principalId?: string, code?: string): void {
    const isReceiver = link instanceof OutgoingLinkEnd;
    this.#parts.journal.record({
      ...this.#fact(isReceiver ? 'attach-receiver' : 'attach-sender', path),
      status: code === undefined ? 200 : new AmqpError(code, '').statusCode,
      ...(principalId !== undefined && { principalId }),
      ...(code !== undefined && { code }),
    });
  }

  #fact<Operation extends string>(operation: Operation, entity: string) {
    const { host } = this.namespace;
    return { kind: 'message', door: 'messaging', operation, host, entity } as const;
  }

  #notFound(address: string): AmqpError {
    const suffix = trackingSuffix(this.#parts.clock.nowMs());
    return new AmqpError(
      'amqp:not-found',
      `The messaging entity '${address}' could not be found. ${suffix}`,
    );
  }
}

const rightFor = (link: LinkEnd): Right => (link instanceof OutgoingLinkEnd ? 'Listen' : 'Send');
const notImplemented = (message: string) => new AmqpError('amqp:not-implemented', message);
const notAllowed = (message: string) => new AmqpError('amqp:not-allowed', message);
