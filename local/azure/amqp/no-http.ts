import type { Listener } from '../http/server.ts';

/**
 * What the port of the WebSockets answers to plain HTTP.
 * Pretend: sending by HTTP and the administration API (ATOM feeds) are absent.
 */
export const refuseHttp: Listener = (request, response) => {
  request.resume();
  const detail = 'This service is reached by AMQP only.';
  response.writeHead(501, { 'Content-Type': 'application/xml; charset=utf-8' });
  response.end(`<Error><Code>501</Code><Detail>${detail}</Detail></Error>`);
};
