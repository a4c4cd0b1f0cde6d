// A login at a logical server: server, network, token, database, user; the first that fails is the answer.
import { randomUUID } from 'node:crypto';
import type { Directory, Principal } from '../../../directory.ts';
import type { Journal } from '../../../journal.ts';
import type { SqlMessage } from '../../../tds/sql-error.ts';
import { type LoginRequest, SqlLoginError } from '../../../tds/sql-session.ts';
import { sqlAudiences } from '../../../tokens/audiences.ts';
import { TokenError, type TokenProblem, type Tokens } from '../../../tokens/tokens.ts';
import { isDefaultCollation } from '../../catalogue/default-collation.ts';
import type { SecurityIdentity } from '../database-security-context.ts';
import { findIdentity } from './find-identity.ts';
import { isLetIn } from './firewall.ts';
import {
  collationNotServed,
  databaseUnavailable,
  firewallRefused,
  loginFailed,
  noSuchDatabase,
  noSuchServer,
  passwordRefused,
  publicAccessDenied,
  tokenLoginFailed,
} from './login-errors.ts';
import type { LoginDatabase, LoginServer } from './login-server.ts';

export interface LoginServices {
  /** By the first label of the host's name, without case. */
  findServer(name: string): LoginServer | undefined;
  readonly tokens: Tokens;
  readonly directory: Directory;
  readonly journal: Journal;
}

export interface SqlLogin {
  readonly server: LoginServer;
  readonly database: LoginDatabase;
  readonly principal: Principal;
  readonly identity: SecurityIdentity;
}

/** Roles of Azure RBAC count for nothing here. Throws SqlLoginError; the reason is in the journal. */
export async function logIn(request: LoginRequest, services: LoginServices): Promise<SqlLogin> {
  const attempt = new LoginAttempt(request, services);
  const server = attempt.findServer();
  attempt.assertReachable(server);
  const principal = await attempt.verify(server);
  const database = attempt.findDatabase(server, principal);
  const identity = attempt.identify(server, database, principal);
  return { server, database, principal, identity };
}

/**
 * Azure: an expired token is named; one that the server does not take says the second.
 * Source: https://learn.microsoft.com/azure/azure-sql/database/query-editor
 */
const expired = 'Token is expired.';
const notAccepted = 'The server is not currently configured to accept this token.';
// Pretend: which problems of a token get which sentence; Azure documents the sentences, not when they appear.
const reasons: Readonly<Partial<Record<TokenProblem, string>>> = {
  expired,
  issuer: notAccepted,
  audience: notAccepted,
};

class LoginAttempt {
  readonly #request: LoginRequest;
  readonly #services: LoginServices;
  readonly #serverLabel: string;

  constructor(request: LoginRequest, services: LoginServices) {
    this.#request = request;
    this.#services = services;
    this.#serverLabel = request.serverName.split('.')[0] ?? '';
  }

  findServer(): LoginServer {
    const server = this.#services.findServer(this.#serverLabel);
    if (server) return server;
    throw this.#refuse('There is no such server.', [noSuchServer(this.#serverLabel)]);
  }

  assertReachable({ settings, firewallRules }: LoginServer): void {
    const { clientAddress } = this.#request;
    if (settings.publicNetworkAccess === 'Disabled') {
      throw this.#refuse('publicNetworkAccess is Disabled.', [publicAccessDenied()], settings);
    }
    if (isLetIn(clientAddress, firewallRules)) return;
    throw this.#refuse(
      `No firewall rule covers ${clientAddress}.`,
      [firewallRefused(settings.name, clientAddress)],
      settings,
    );
  }

  async verify({ settings }: LoginServer): Promise<Principal> {
    const { credential } = this.#request;
    const { tokens, directory } = this.#services;
    if (credential.kind !== 'token') {
      const userName = credential.kind === 'password' ? credential.userName : '';
      // Pretend: a server without Entra-only authentication has no SQL logins either, as no password is kept here.
      const answer =
        settings.azureADOnlyAuthentication && credential.kind === 'password'
          ? passwordRefused(userName)
          : loginFailed(userName);
      throw this.#refuse('A login without a token.', [answer], settings);
    }
    try {
      const caller = await tokens.verify(credential.token, sqlAudiences);
      const principal = directory.find(caller.principalId);
      if (principal) return principal;
      throw new TokenError('principal', 'The principal is not in the directory.');
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      const answer = tokenLoginFailed(reasons[error.problem]);
      throw this.#refuse(`The token is refused: ${error.problem}.`, [answer], settings);
    }
  }

  findDatabase(server: LoginServer, { principalId }: Principal): LoginDatabase {
    const name = this.#request.database === '' ? 'master' : this.#request.database;
    const database = server.findDatabase(name);
    if (!database) {
      const answers = [noSuchDatabase(name), tokenLoginFailed()] as const;
      throw this.#refuse(`There is no database ${name}.`, answers, server.settings, principalId);
    }
    if (database.isPaused?.()) {
      const answer = databaseUnavailable(
        database.name,
        server.settings.name,
        randomUUID().toUpperCase(),
      );
      throw this.#refuse('The database is paused.', [answer], database, principalId);
    }
    if (!isDefaultCollation(database.collation)) {
      const answer = collationNotServed(database.name, database.collation);
      throw this.#refuse('Its collation is not served.', [answer], database, principalId);
    }
    return database;
  }

  identify(server: LoginServer, database: LoginDatabase, principal: Principal): SecurityIdentity {
    const { directory, journal } = this.#services;
    const { principalId } = principal;
    const identity = findIdentity(principal, server.settings, database.state, directory);
    if (!identity) {
      const why = `No user of ${database.name} has this principal's SID and CONNECT.`;
      throw this.#refuse(why, [tokenLoginFailed()], database, principalId);
    }
    journal.record({
      kind: 'decision',
      allowed: true,
      principalId,
      action: loginAction,
      scope: database.resourceId,
      why: `User ${identity.principalIds[0]} of ${database.name}.`,
    });
    return identity;
  }

  #refuse(
    why: string,
    messages: readonly [SqlMessage, ...SqlMessage[]],
    scope?: { readonly resourceId: string },
    principalId = '',
  ): SqlLoginError {
    this.#services.journal.record({
      kind: 'decision',
      allowed: false,
      principalId,
      action: loginAction,
      scope: scope?.resourceId ?? this.#request.serverName,
      why,
    });
    return new SqlLoginError(messages);
  }
}

const loginAction = 'Login to SQL';
