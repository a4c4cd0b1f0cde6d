import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { within } from '../shared/deadline.ts';
import { AppError } from '../shared/errors.ts';
import { errorResponse, jsonResponse } from '../shared/http-response.ts';
import { printable } from '../shared/log.ts';
import { processServices, type Services } from '../shared/services.ts';

/** What a function does; its result is the JSON body of the answer. */
export type Answer = (request: HttpRequest, services: Services) => Promise<unknown>;

/** A caller has its answer within 10 s, whatever is silent behind us. */
const DEFAULT_MS = 9_000;

/** The frame of every HTTP function: deadline, errors to problem bodies, one log line per failure. */
export function httpHandler(
  answer: Answer,
  {
    budgetMs = DEFAULT_MS,
    status = 200,
    services = processServices,
  }: { budgetMs?: number; status?: number; services?: () => Services } = {},
): HttpHandler {
  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    try {
      const body = await within(budgetMs, 'app', () => answer(request, services()));
      return jsonResponse(body, status);
    } catch (error) {
      if (error instanceof AppError) {
        context.warn(
          printable(`${error.code} (${error.target}): ${error.message} ${error.nextStep}`),
        );
      } else {
        context.error(`UNEXPECTED: ${whereFrom(error)}`);
      }
      return errorResponse(error);
    }
  };
}

/** Class and place, not the message: a foreign error may quote what it could not digest. */
function whereFrom(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}
