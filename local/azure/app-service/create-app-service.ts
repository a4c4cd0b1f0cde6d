// The front end of App Service: one listener for all sites, told apart by the host name. Behind App Service
// authentication a call goes on to the program of its site.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listener } from '../http/server.ts';
import { ServiceError } from '../http/service-error.ts';
import type { AppServiceParts } from './app-service-parts.ts';
import { decideCall } from './decide-call.ts';
import { forwardToProgram } from './forward-to-program.ts';
import { principalHeaders } from './principal-headers.ts';
import { notRunning, renderRefusal, siteNotFound } from './refusals.ts';
import { findSite, type Site } from './site.ts';

export interface AppService {
  /** Answers `https://<site>.azurewebsites.net`, of sites and of slots. */
  readonly listener: Listener;
  /** From now on `address` (`http://127.0.0.1:7071`) is the program of the site. Returns the undo. */
  serveSite(siteId: string, address: string): () => void;
}

/** What is known of a request so far: refusals need it, and the journal. */
interface Progress {
  site?: Site;
  principalId?: string;
}

interface Answer {
  readonly status: number;
  readonly code?: string;
}

/** Addresses of programs, by the lower-case id of their site. */
type Programs = ReadonlyMap<string, string>;

export function createAppService(parts: AppServiceParts): AppService {
  const programs = new Map<string, string>();

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const progress: Progress = {};
    const answer = await pass(parts, programs, incoming, outgoing, progress).catch(
      (error: unknown) => refuse(toServiceError(error), incoming, outgoing, progress.site),
    );
    parts.journal.record({
      kind: 'request',
      door: 'app-service',
      method: incoming.method ?? 'GET',
      host: incoming.headers.host ?? '',
      target: withoutKey(incoming.url ?? '/'),
      ...answer,
      ...(progress.principalId !== undefined && { principalId: progress.principalId }),
    });
  }

  return {
    listener: (incoming, outgoing) => void respond(incoming, outgoing),
    serveSite(siteId, address) {
      const key = siteId.toLowerCase();
      programs.set(key, address);
      return () => {
        if (programs.get(key) === address) programs.delete(key);
      };
    },
  };
}

/** Passes the call on to the program of its site, and the answer back. Throws the ServiceError that refuses it. */
async function pass(
  parts: AppServiceParts,
  programs: Programs,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  progress: Progress,
): Promise<Answer> {
  const { headers, rawHeaders, url: target = '/' } = incoming;
  const site = findSite(parts.listResources(), headers.host ?? '');
  if (!site) throw siteNotFound(headers.host ?? '');
  progress.site = site;
  // Prefixed, not resolved: `//x` must stay a path of this host. Dot segments go, here and for the program.
  const url = new URL(`https://${site.hostName}${target.startsWith('/') ? target : '/'}`);
  const call = { site, url, rawHeaders, accept: headers.accept ?? '' };
  const caller = await decideCall(parts, call, ({ principalId }) => {
    progress.principalId = principalId;
  });
  const address = programs.get(site.resource.id.toLowerCase());
  if (address === undefined) throw notRunning(site);
  const status = await forwardToProgram(incoming, outgoing, {
    address,
    target: url.pathname + url.search,
    hostName: site.hostName,
    principalHeaders: caller ? principalHeaders(caller) : {},
  }).catch(() => {
    throw notRunning(site);
  });
  return { status };
}

function refuse(
  error: ServiceError,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  site: Site | undefined,
): Answer {
  const { status, headers, body } = renderRefusal(error, site);
  const bytes = Buffer.from(typeof body === 'string' ? body : '');
  incoming.resume();
  if (outgoing.headersSent) outgoing.destroy();
  else {
    outgoing.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) });
    outgoing.end(incoming.method === 'HEAD' ? undefined : bytes);
  }
  return { status, code: error.code };
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  console.error('embedded Azure: unexpected error in front of a site', error);
  return new ServiceError(500, 'InternalServerError', '', { cause: error });
}

/** A function key stands in the query as `code`: it opens the function to whoever reads it. */
function withoutKey(target: string): string {
  const [path = '', ...query] = target.split('?');
  if (query.length === 0) return path;
  const shown = query
    .join('?')
    .split('&')
    .map((pair) => {
      const [name = ''] = new URLSearchParams(pair).keys();
      return name.toLowerCase() === 'code' ? 'code=…' : pair;
    });
  return `${path}?${shown.join('&')}`;
}
