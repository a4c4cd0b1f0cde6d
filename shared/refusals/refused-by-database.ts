// What Azure SQL says no with, by the numbers of its messages.
// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
import { AWAY, IN_EACH_OTHERS_WAY, LIMITED } from '../database/passing.ts';
import type { DatabaseFailure } from '../database/read-failure.ts';
import { AppError, type DeniedAccess } from '../errors.ts';
import type { TokenClaims } from '../identity/token-claims.ts';
import type { Operation } from '../operations.ts';
import { connectionFailure } from './connection-failure.ts';

export interface DatabaseFacts {
  readonly operation: Operation;
  readonly server: string;
  readonly database: string;
  /** Of the token in hand: the database names nobody. */
  readonly claims: TokenClaims | undefined;
}

/** For a right that the database says is missing, without a call that it has refused. */
export function rightMissing(facts: DatabaseFacts): AppError {
  return denied('', facts, undefined);
}

/** For an object that the database does not show. */
export function objectMissing(facts: DatabaseFacts): AppError {
  return notDeployed('', facts, undefined);
}

type Answer = (text: string, facts: DatabaseFacts, cause: unknown) => AppError;

/** The AppError for a call that failed. Nothing of the server's own text is passed on but names of objects and rights. */
export function refusedByDatabase(failure: DatabaseFailure, facts: DatabaseFacts): AppError {
  const { own, messages, code, cause } = failure;
  if (own) return own;
  for (const [number, answer] of ANSWERS) {
    const message = messages.find((one) => one.number === number);
    if (message) return answer(message.text, facts, cause);
  }
  const [first] = messages;
  const lost = first ? undefined : connectionFailure('database', facts.server, code, cause);
  return lost ?? unexpected(first?.number ?? code, cause);
}

const noUser: Answer = (_, { operation, server, database, claims }, cause) => {
  const access: DeniedAccess = {
    ...(claims?.oid && { principalId: claims.oid }),
    action: 'CONNECT',
    scope: `${server}/${database}`,
    role: 'a database user for its client id',
  };
  return new AppError({
    code: 'ACCESS_DENIED',
    target: 'database',
    message: `${who(claims)} may not ${operation.purpose}: the database ${database} on ${server} has no user for it, or did not accept its token (18456).`,
    nextStep: `Run npm run grant-database, which runs infra/sql/05-user.sql: the user's SID must be the client id${claims?.appid ? ` ${claims.appid}` : ''}, not the principal id. If the user is there, ask GET /api/diagnose for the token's audience and end.`,
    access,
    cause,
  });
};

/** "The EXECUTE permission was denied on the object 'RecordResource', database 'inventory', schema 'inventory'." */
const OBJECT_DENIAL =
  /^The (?<action>[\w ]{1,64}) permission was denied on the (?:object|column) '(?<name>[^']{1,128})'.* schema '(?<schema>[^']{1,128})'/;
/** "CREATE TABLE permission denied in database 'inventory'." */
const DATABASE_DENIAL = /^(?<action>[A-Z ]{1,64}) permission (?:was )?denied (?:in|on) database/;

const denied: Answer = (text, { operation, server, database, claims }, cause) => {
  const told = OBJECT_DENIAL.exec(text)?.groups ?? DATABASE_DENIAL.exec(text)?.groups ?? {};
  const object = told.name === undefined ? '' : `: ${told.schema}.${told.name}`;
  const access: DeniedAccess = {
    ...(claims?.oid && { principalId: claims.oid }),
    action: told.action ?? operation.action,
    scope: told.action === undefined ? operation.scope : `${server}/${database}${object}`,
    role: operation.role.name,
  };
  return new AppError({
    code: 'ACCESS_DENIED',
    target: 'database',
    message: `${who(claims)} may not ${operation.purpose}: ${access.action} was refused on ${access.scope}.`,
    nextStep: `Grant it ${access.role} in the database: npm run grant-database, which runs infra/sql/05-user.sql. It holds at once.`,
    access,
    cause,
  });
};

function configInvalid(message: (facts: DatabaseFacts, text: string) => string, nextStep: string) {
  const answer: Answer = (text, facts, cause) =>
    new AppError({
      code: 'CONFIG_INVALID',
      target: 'database',
      message: message(facts, text),
      nextStep,
      cause,
    });
  return answer;
}

const noDatabase = configInvalid(
  ({ server, database, claims }) =>
    `There is no database ${database} on ${server}, or ${who(claims).toLowerCase()} has no user in it (4060).`,
  'Correct SQL_DATABASE; if the database is there, run npm run grant-database, which runs infra/sql/05-user.sql.',
);

/** "Client with IP address '203.0.113.7' is not allowed to access the server." */
const firewall = configInvalid(({ server }, text) => {
  const address = /IP address '(?<address>[\d.]{7,15})'/.exec(text)?.groups?.address;
  return `The firewall of ${server} refuses the app's address${address ? ` ${address}` : ''} (40615).`;
}, 'Let the address in by a firewall rule, or give the server a private endpoint.');

const noPublicAccess = configInvalid(
  ({ server }) => `${server} takes no connection from public networks (47073).`,
  "Reach it through its private endpoint, or allow public network access and the app's address.",
);

const noSuchServer = configInvalid(
  ({ server }) => `No server answers by the name ${server} (40532).`,
  'Correct SQL_SERVER.',
);

const notDeployed: Answer = (_, { operation, server, database }, cause) =>
  new AppError({
    code: 'NOT_FOUND',
    target: 'database',
    message: `What it takes to ${operation.purpose} is not in ${database} on ${server}, or hidden from the app.`,
    nextStep: 'Run npm run grant-database, which runs the files in infra/sql/ in order.',
    cause,
  });

const away: Answer = (_, { server, database }, cause) =>
  new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'database',
    message: `The database ${database} on ${server} is not available at the moment.`,
    nextStep: 'Try again: it fails over within seconds, and wakes from its pause within a minute.',
    cause,
  });

const limited: Answer = (_, { server, database }, cause) =>
  new AppError({
    code: 'THROTTLED',
    target: 'database',
    message: `The database ${database} on ${server} is at a limit of its size.`,
    nextStep: 'Wait and try again; if it persists, scale it up or make SQL_POOL_SIZE smaller.',
    retryAfterSeconds: 10, // Azure: asked for in the message of 40501
    cause,
  });

const inTheWay: Answer = (_, { operation }, cause) =>
  new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'database',
    message: `To ${operation.purpose} was rolled back: another transaction stood in its way.`,
    nextStep: 'Try again.',
    cause,
  });

const full: Answer = (_, { database }, cause) =>
  new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'database',
    message: `The database ${database} is full.`,
    nextStep: 'Raise its maximum size, or delete what is not needed.',
    cause,
  });

const all = (numbers: Iterable<number>, answer: Answer) =>
  [...numbers].map((number): [number, Answer] => [number, answer]);

/** In the order in which they count: the last login error of a series tells least. */
const ANSWERS: ReadonlyMap<number, Answer> = new Map([
  ...all(AWAY, away),
  ...all(LIMITED, limited),
  ...all(IN_EACH_OTHERS_WAY, inTheWay),
  ...all([40615, 40914], firewall),
  ...all([47073], noPublicAccess),
  ...all([40532], noSuchServer),
  ...all([4060], noDatabase),
  ...all([229, 230, 262, 297, 300, 15247], denied),
  ...all([208, 2812], notDeployed),
  ...all([40544, 1105, 9002], full),
  ...all([18456, 18452, 916, 33134], noUser),
]);

function who(claims: TokenClaims | undefined): string {
  return claims?.oid ? `The identity ${claims.oid}` : "The app's identity";
}

function unexpected(what: number | string, cause: unknown): AppError {
  const shown = /^[\w.-]{1,64}$/.test(String(what)) ? what : 'unknown';
  return new AppError({
    code: 'UNEXPECTED',
    target: 'database',
    message: `The call to the database failed in a way that the app does not know (${shown}).`,
    nextStep: 'Report it with the time and this message.',
    cause,
  });
}
