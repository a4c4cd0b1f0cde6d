// What the driver throws is three layers of errors (mssql, tedious, Node), of which each keeps another part.
import { AppError } from '../errors.ts';
import { loginMessagesOf, type ServerMessage } from './login-messages.ts';

export interface DatabaseFailure {
  /** An error of the app that the driver has wrapped, or that was no failure of the database at all. */
  readonly own?: AppError;
  /** What the server said, in order; empty: it said nothing. */
  readonly messages: readonly ServerMessage[];
  /** In Node's or OpenSSL's words: ECONNRESET, ETIMEDOUT. Empty: none of these. */
  readonly code: string;
  readonly cause: unknown;
}

/** Of the connection that is gone or silent: another one may fare better. */
export function isConnectionLost({ own, messages, code }: DatabaseFailure): boolean {
  return own === undefined && code !== '' && messages.length === 0;
}

export function readFailure(thrown: unknown): DatabaseFailure {
  const layers = layersOf(thrown);
  const own = layers.find((layer) => layer instanceof AppError);
  const messages = layers.flatMap((layer) => [...loginMessagesOf(layer), ...ownMessage(layer)]);
  // The innermost layer knows best.
  const code = layers.map(codeOf).findLast(Boolean) ?? '';
  return { ...(own && { own }), messages, code, cause: thrown };
}

const LINKS = ['precedingErrors', 'originalError', 'cause', 'errors'] as const;
const MOST_LAYERS = 50;

/** The error and those in it, outermost first. */
function layersOf(thrown: unknown): readonly object[] {
  const layers = new Set<object>();
  const queue = [thrown];
  while (queue.length > 0 && layers.size < MOST_LAYERS) {
    const layer = queue.shift();
    if (typeof layer !== 'object' || layer === null || layers.has(layer)) continue;
    layers.add(layer);
    queue.push(...LINKS.flatMap((link) => (layer as Record<string, unknown>)[link] ?? []));
  }
  return [...layers];
}

function ownMessage(layer: object): ServerMessage[] {
  const { number, message } = layer as Partial<Record<string, unknown>>;
  return typeof number === 'number' ? [{ number, text: String(message ?? '') }] : [];
}

/** The driver's own words for what happened to the connection. */
const DRIVERS_CODES: Readonly<Record<string, string>> = {
  ETIMEOUT: 'ETIMEDOUT',
  ECANCEL: 'ETIMEDOUT', // by us, when there is no more time
  ECLOSE: 'ECONNRESET',
  ESOCKET: 'ECONNRESET',
  ENOTOPEN: 'ECONNRESET', // taken from a pool that was given up meanwhile
  ECONNCLOSED: 'ECONNRESET',
  EREQUEST: '',
  ELOGIN: '',
  EFEDAUTH: '',
};

function codeOf(layer: object): string {
  const { code, name, message } = layer as Partial<Record<string, unknown>>;
  if (name === 'TimeoutError') return 'ETIMEDOUT'; // the pool's
  if (typeof code !== 'string')
    return /^The connection ended/.test(String(message)) ? 'ECONNRESET' : '';
  return (Object.hasOwn(DRIVERS_CODES, code) ? DRIVERS_CODES[code] : code) ?? '';
}
