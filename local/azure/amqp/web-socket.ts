import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from './frame-reader.ts';

const PATH = /^\/\$servicebus\/websocket\/?(\?|$)/i;
/** `amqp` is the protocol's own name [AMQP WebSocket binding 2.1], the other one that of older Microsoft stacks. */
const SUBPROTOCOLS = ['amqp', 'AMQPWSB10'];

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  // A client may put several AMQP frames into one message.
  maxPayload: 16 * MAX_FRAME_BYTES,
  handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
});

/** Turns an upgrade request into a stream of AMQP bytes; anything else than AMQP's path is refused. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  serve: (stream: Duplex) => void,
): void {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  if (!PATH.test(request.url ?? '')) {
    refuse(socket, '404 Not Found');
  } else if (!SUBPROTOCOLS.some((name) => offered.includes(name))) {
    refuse(socket, '400 Bad Request');
  } else {
    server.handleUpgrade(request, socket, head, (webSocket) => {
      serve(createWebSocketStream(webSocket));
    });
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
