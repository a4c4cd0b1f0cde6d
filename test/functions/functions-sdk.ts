// The SDK's classes are no named exports to Node's older scanner; here they are taken from its default export.

import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import functions from '@azure/functions';

const { HttpRequest, InvocationContext } = functions;

export interface Logged {
  readonly lines: string[];
}

export function createContext(name: string) {
  const lines: string[] = [];
  const context = new InvocationContext({
    functionName: name,
    logHandler: (level, ...args) => lines.push(`${level}: ${args.join(' ')}`),
  });
  return Object.assign(context, { lines });
}

export interface CalledFunction extends Logged {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

/** What a POST brings along. */
export interface Posted {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a handler as the host does; gives status and parsed body. */
export async function call(
  handler: HttpHandler,
  url: string,
  params: Readonly<Record<string, string>> = {},
  posted?: Posted,
): Promise<CalledFunction> {
  const request = new HttpRequest({
    method: posted ? 'POST' : 'GET',
    url: `http://localhost/api/${url}`,
    params,
    ...(posted && { body: { string: posted.body }, headers: { ...posted.headers } }),
  });
  const context = createContext('test');
  const response = (await handler(request, context)) as HttpResponseInit;
  return {
    status: response.status ?? 0,
    headers: (response.headers ?? {}) as Record<string, string>,
    body: JSON.parse(String(response.body)),
    lines: context.lines,
  };
}
