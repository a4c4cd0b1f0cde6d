// The HTTP client under ManagedIdentityCredential. The SDK loses what the ladder needs (status, Retry-After), waits
// without end, and keeps the first endpoint and header it has seen for the life of the process, in a static of
// msal-node (ManagedIdentityClient.identitySource), new credential objects included. Here, in the last step before
// the wire, the current ones are put in.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { readIdentityEnvironment } from '../settings.ts';

/** What came of the last request to the identity endpoint. */
export interface IdentityAnswer {
  /** `host:port`. */
  readonly endpoint: string;
  /** The user-assigned identity that was asked for. */
  readonly clientId?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** The endpoint's own words for a refusal, shortened. */
  readonly message?: string;
  /** Why there was no answer: ECONNREFUSED, ETIMEDOUT … */
  readonly failure?: string;
}

interface Exchange {
  readonly endsAtMs: number;
  readonly attemptMs: number;
  answer?: IdentityAnswer;
}

const exchanges = new AsyncLocalStorage<Exchange>();

/** Runs `ask`, and tells what the endpoint answered even if the SDK's error doesn't. */
export async function observed<T>(
  limits: { readonly endsAtMs: number; readonly attemptMs: number },
  ask: () => Promise<T>,
): Promise<{ readonly result?: T; readonly error?: unknown; readonly answer?: IdentityAnswer }> {
  const exchange: Exchange = { ...limits };
  const answer = () => (exchange.answer ? { answer: exchange.answer } : {});
  try {
    return { result: await exchanges.run(exchange, ask), ...answer() };
  } catch (error) {
    return { error, ...answer() };
  }
}

/** Wraps the SDK's own client; give it to ManagedIdentityCredential as `httpClient`. */
export function createIdentityHttpClient(transport: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const exchange = exchanges.getStore();
      useCurrentEndpoint(request);
      const { host: endpoint, searchParams } = new URL(request.url);
      if (!exchange) return transport.sendRequest(request);
      const clientId = searchParams.get('client_id');
      const asked = { endpoint, ...(clientId ? { clientId } : {}) };
      request.timeout = Math.max(
        1,
        Math.min(exchange.attemptMs, exchange.endsAtMs - performance.now()),
      );
      try {
        const response = await transport.sendRequest(request);
        exchange.answer = { ...asked, status: response.status, ...refusal(response) };
        return response;
      } catch (error) {
        exchange.answer = { ...asked, failure: failureOf(error) };
        throw error;
      }
    },
  };
}

function useCurrentEndpoint(request: PipelineRequest): void {
  const { endpoint, header } = readIdentityEnvironment();
  if (!endpoint || !header || !request.headers.has('X-IDENTITY-HEADER')) return; // not App Service
  const current = new URL(endpoint);
  current.search = new URL(request.url).search;
  request.url = current.href;
  request.headers.set('X-IDENTITY-HEADER', header);
}

function refusal(response: PipelineResponse): Partial<IdentityAnswer> {
  if (response.status < 400) return {};
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const message = messageOf(response.bodyAsText ?? '');
  return {
    ...(Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {}),
    ...(message ? { message } : {}),
  };
}

/** App Service: {statusCode, message}, older ones {StatusCode, Message}; IMDS: {error, error_description}. */
function messageOf(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const text = parsed?.message ?? parsed?.Message ?? parsed?.error_description;
    return typeof text === 'string'
      ? text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 300)
      : undefined;
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'AbortError') return 'ETIMEDOUT';
  return typeof code === 'string' ? code : 'unreadable';
}
