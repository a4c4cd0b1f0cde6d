// The app of one seat, its functions called as the host calls them; what it answers is seen by the promises.
import assert from 'node:assert/strict';
import mssql from 'mssql';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { listResources } from '../../functions/list-resources.ts';
import type { Principal } from '../../local/azure/directory.ts';
import type { Fault, FaultOrder } from '../../local/azure/faults/fault.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { createDatabase, type Database } from '../../shared/database/database.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { recordFinding } from '../../shared/inventory/record-finding.ts';
import { operations } from '../../shared/operations.ts';
import { eventIdOf, type Finding } from '../../shared/scan/finding.ts';
import type { Services } from '../../shared/services.ts';
import { call } from '../functions/functions-sdk.ts';
import type { DeployedApp } from '../shared/deployed-app.ts';
import { addIdentity, credentialOf } from '../support/local-azure.ts';
import { tokenCredential } from '../support/sql-server.ts';
import type { Seat } from './database-seat.ts';
import { assertNoSecret, assertProblem, limitsMs, type Problem, RECOVERY_MS } from './promises.ts';

export interface DatabaseOptions {
  /** Who logs in, if not the app. */
  readonly principal?: Principal;
  readonly database?: string;
  readonly poolSize?: number;
}

/** The app as settings make it, fresh: no connection. What it answers is seen by the promises. */
export class AppWithDatabase {
  readonly azure: LocalAzure;
  readonly server: string;
  readonly principal: Principal;
  services: Services;
  readonly #app: DeployedApp;
  readonly #outputs: string[] = [];
  readonly #tokens: string[] = [];
  readonly #others: mssql.ConnectionPool[] = [];
  #nextFinding = 0;

  constructor({ azure, app, server, principal }: Seat) {
    this.azure = azure;
    this.server = server;
    this.principal = principal;
    this.#app = app;
    this.services = this.createServices();
  }

  /** Others of the same app. Tokens come from its tenant at once: one process has one identity endpoint. */
  createServices({ principal = this.principal, ...more }: DatabaseOptions = {}): Services {
    const services = this.#app.createServices();
    const settings = services.settings.need('SQL_DATABASE', 'SQL_POOL_SIZE');
    const address = {
      server: this.server,
      database: more.database ?? settings.SQL_DATABASE,
      poolSize: more.poolSize ?? settings.SQL_POOL_SIZE,
    };
    const given = credentialOf(this.azure, principal);
    const credential = {
      getToken: async (scopes: string | string[]) => {
        const token = await given.getToken(scopes);
        if (token) this.#tokens.push(token.token);
        return token;
      },
    };
    const claims = { oid: principal.principalId, appid: principal.clientId };
    const database: Database = createDatabase(address, credential, () => claims as never);
    return Object.create(services, { database: { value: database } });
  }

  async close(): Promise<void> {
    await this.services.database.close();
    await Promise.all(this.#others.map((pool) => pool.close()));
  }

  /** The same app, of which nothing is connected. */
  async startAgain(): Promise<void> {
    await this.services.database.close();
    this.services = this.createServices();
  }

  /** Every call of `operation` until it is ended, or as `order` says. */
  arm(operation: string, fault: Fault, order: Partial<FaultOrder> = { times: 'always' }) {
    const since = this.azure.journal.position;
    const id = this.azure.faults.arm({ door: 'sql', operation, ...order, fault });
    return {
      /** How many it has hit, by the journal. */
      hits: () =>
        this.azure.journal
          .since(since)
          .filter((entry) => entry.kind === 'fault' && entry.operation === operation).length,
      end: () => this.azure.faults.withdraw(id),
    };
  }

  /** Numbers that logins were answered with after `since`; 0: welcome. */
  logins(since = 0): readonly number[] {
    return this.azure.journal
      .since(since)
      .flatMap((entry) =>
        entry.kind === 'sql' && entry.operation === 'login' ? [entry.number ?? 0] : [],
      );
  }

  /** Through the function's own handler, deadline included. Promises (3) and (4); undefined: it works. */
  async call(
    answer: Answer = listResources,
    services: Services = this.services,
  ): Promise<Problem | undefined> {
    const startedMs = performance.now();
    const handler = httpHandler(answer, { services: () => services });
    const { status, body, lines } = await call(handler, 'resources');
    const elapsedMs = performance.now() - startedMs;
    this.#outputs.push(JSON.stringify(body), ...lines);
    assert.ok(elapsedMs < limitsMs.function, `it took ${Math.round(elapsedMs)} ms`);
    if (status === 200) return undefined;
    assertProblem(body);
    assert.equal(lines.length, 1, 'one line of log for one failure');
    return body;
  }

  async works(services?: Services): Promise<void> {
    const problem = await this.call(undefined, services);
    assert.equal(problem, undefined, JSON.stringify(problem));
  }

  async refuses(
    code: ErrorCode,
    { services, answer }: { services?: Services; answer?: Answer } = {},
  ): Promise<Problem> {
    const problem = await this.call(answer, services);
    assert.ok(problem, 'it works');
    assertProblem(problem, code);
    assert.equal(problem.target, 'database');
    return problem;
  }

  /** By one login, which the server answers with `number`. */
  async refusesAtOnce(
    code: ErrorCode,
    number: number,
    options: DatabaseOptions,
    look: (problem: Problem) => void,
  ): Promise<void> {
    const services = this.createServices(options);
    const since = this.azure.journal.position;
    look(await this.refuses(code, { services }));
    assert.deepEqual(this.logins(since), [number]);
    await services.database.close();
  }

  /** (5) The fault has ended now. */
  async recovers(services?: Services): Promise<void> {
    const startedMs = performance.now();
    await this.works(services);
    const elapsedMs = performance.now() - startedMs;
    assert.ok(elapsedMs < RECOVERY_MS, `works only after ${Math.round(elapsedMs)} ms`);
  }

  /** Of a resource that no other has. */
  finding(): Finding {
    const name = `r${this.#nextFinding++}-${crypto.randomUUID()}`;
    const id = `/subscriptions/${crypto.randomUUID()}/resourceGroups/rg/providers/T/t/${name}`;
    const createdTime = '2026-11-25T06:00:00.000Z';
    return { eventId: eventIdOf(id, createdTime), id, type: 'T/t', name, createdTime };
  }

  /** Whether it was new. */
  record(finding: Finding): Promise<boolean> {
    return recordFinding(finding, this.services.database);
  }

  /** How many rows the resource has. */
  async rowsOf({ name }: Finding): Promise<number> {
    const { database } = this.services;
    const operation = operations.readInventory(database.scope);
    const rows = await database.query<{ readonly Name: string }>(
      'SELECT Name FROM inventory.Resource;',
      { operation },
    );
    return rows.filter((row) => row.Name === name).length;
  }

  /** Someone without a user in the database. */
  stranger(): Principal {
    return addIdentity(this.azure, `stranger-${crypto.randomUUID()}`);
  }

  /** Returns what puts them back. */
  removeFirewallRules(): () => void {
    const { resourceManager, sql } = this.azure;
    const rules = resourceManager
      .listResources()
      .filter(({ type }) => type === 'Microsoft.Sql/servers/firewallRules')
      .map(({ id, name, properties }) => ({
        serverName: id.split('/').at(-3) ?? '',
        name: name.split('/').at(-1) ?? '',
        startIpAddress: String(properties.startIpAddress),
        endIpAddress: String(properties.endIpAddress),
      }));
    assert.ok(rules.length > 0, 'the template has firewall rules');
    for (const { serverName, name } of rules) sql.removeFirewallRule(serverName, name);
    return () => {
      for (const rule of rules) sql.putFirewallRule(rule);
    };
  }

  /** The administrator has begun a transaction and written a finding in it. */
  async holdTheLock(): Promise<{ readonly finding: Finding; rollback(): Promise<void> }> {
    const { SQL_DATABASE: database = '' } = this.#app.settings;
    const pool = await new mssql.ConnectionPool({
      ...{ server: this.server, database, pool: { max: 1 } },
      authentication: tokenCredential(this.azure, this.#administrator()),
      options: { encrypt: 'strict' as unknown as boolean },
    }).connect();
    pool.on('error', () => {});
    this.#others.push(pool);
    const transaction = pool.transaction();
    transaction.on('error', () => {});
    await transaction.begin();
    const finding = this.finding();
    await transaction.request().query(`INSERT INTO inventory.Resource
      (EventId, ResourceId, Type, Name, SubscriptionId, CreatedAt)
      VALUES ('${finding.eventId}', '${finding.id}', 'T/t', '${finding.name}', NEWID(), SYSUTCDATETIME());`);
    return {
      finding,
      async rollback() {
        await transaction.rollback();
      },
    };
  }

  #administrator(): Principal {
    const { resourceManager, directory } = this.azure;
    const administration = resourceManager
      .listResources()
      .find(({ type }) => type === 'Microsoft.Sql/servers/administrators');
    const sid = String(administration?.properties.sid ?? '');
    const administrator = directory.findByClientId(sid) ?? directory.find(sid);
    assert.ok(administrator, 'the server has an administrator');
    return administrator;
  }

  /** (6) */
  async keptItsPromises(): Promise<void> {
    await this.services.database.query('SELECT 1 AS One;', {
      operation: operations.connectToDatabase(this.services.database.scope),
    });
    assertNoSecret(this.#outputs.length > 0 ? this.#outputs : [''], this.#tokens);
  }
}
