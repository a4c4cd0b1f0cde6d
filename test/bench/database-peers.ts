// The same query by our module and by the unmodified driver, on the same server.
import sql from 'mssql';
import type { Call } from '../../shared/database/database.ts';
import { SQL_SCOPE } from '../../shared/database/login-credential.ts';
import { uniqueidentifier } from '../../shared/database/parameters.ts';
import { operations } from '../../shared/operations.ts';
import type { Services } from '../../shared/services.ts';
import type { DatabaseProcess } from './database-process.ts';

const POINT_TEXT = 'SELECT Name, Type, CreatedAt FROM inventory.Resource WHERE EventId = @eventId;';
const ROWS = 100_000;
const ROWS_OF_BATCH = 500;
const LOOK_AT_MEMORY_EACH = 1_000;

export type Query = () => Promise<unknown>;

export const pointQuery = (eventId: string): [string, Call] => [
  POINT_TEXT,
  {
    operation: operations.readInventory('bench'),
    inputs: { eventId: uniqueidentifier(eventId) },
  },
];

/** 100,000 rows of six columns that the app may read; gives their number. */
export async function fillWideTable(azure: DatabaseProcess): Promise<number> {
  await azure.runScript([
    'CREATE SCHEMA bench',
    `CREATE TABLE bench.Wide (Id int NOT NULL PRIMARY KEY, Name nvarchar(100) NOT NULL,
       CreatedAt datetime2(7) NOT NULL, Cost decimal(12, 4) NULL, Count64 bigint NULL,
       EventId uniqueidentifier NOT NULL)`,
    ...Array.from({ length: ROWS / ROWS_OF_BATCH }, (_, batch) => {
      const values = Array.from({ length: ROWS_OF_BATCH }, (_, row) =>
        valuesOf(batch * ROWS_OF_BATCH + row),
      );
      return `INSERT INTO bench.Wide VALUES ${values.join(',')}`;
    }),
  ]);
  return ROWS;
}

const valuesOf = (id: number) =>
  `(${id}, N'resource-${id}', '2026-11-25T06:00:00.1234567', ${id % 1000}.25, ${id}, '${crypto.randomUUID()}')`;

interface Streamed {
  readonly rows: number;
  readonly seconds: number;
  /** The resident set at its highest, above what it was before. */
  readonly grownMegabytes: number;
}

export class DatabasePeers {
  /** A row by its key, one connection each. */
  readonly pointQuery: Readonly<Record<'module' | 'socket' | 'select1', Query>>;
  readonly #config: sql.config;
  readonly #socket: sql.ConnectionPool;
  readonly #close: () => Promise<unknown>;

  private constructor(
    services: Services,
    config: sql.config,
    socket: sql.ConnectionPool,
    select1: sql.ConnectionPool,
    eventId: string,
  ) {
    this.#config = config;
    this.#socket = socket;
    this.#close = () => Promise.all([services.close(), socket.close(), select1.close()]);
    const by = (pool: sql.ConnectionPool) => () =>
      pool.request().input('eventId', sql.UniqueIdentifier, eventId).query(POINT_TEXT);
    this.pointQuery = {
      module: () => services.database.query(...pointQuery(eventId)),
      socket: by(socket),
      select1: by(select1),
    };
  }

  static async connect(azure: DatabaseProcess): Promise<DatabasePeers> {
    const services = azure.createServices({ SQL_POOL_SIZE: '1' });
    const { token } = (await services.credential.getToken(SQL_SCOPE)) ?? { token: '' };
    const { SQL_SERVER: server = '', SQL_DATABASE: database = '' } = azure.settings;
    const config: sql.config = {
      ...{ server, database, pool: { max: 1, min: 0 } },
      authentication: { type: 'azure-active-directory-access-token', options: { token } },
      options: { encrypt: 'strict' as unknown as boolean },
    };
    const eventId = crypto.randomUUID();
    await azure.runScript([insertion(eventId)]);
    const socket = await connect({ ...config, validateConnection: 'socket' } as sql.config);
    const select1 = await connect(config);
    return new DatabasePeers(services, config, socket, select1, eventId);
  }

  close(): Promise<unknown> {
    return this.#close();
  }

  /** Until the server has let a new connection in. */
  async loginMs(): Promise<number> {
    const start = performance.now();
    const pool = await connect(this.#config);
    const elapsed = performance.now() - start;
    await pool.close();
    return elapsed;
  }

  /** Reads the first of `fillWideTable`'s rows, one by one, and keeps none. */
  async stream(count: number): Promise<Streamed> {
    const request = this.#socket.request();
    request.stream = true;
    const before = process.memoryUsage.rss();
    const start = performance.now();
    let rows = 0;
    let highest = before;
    request.on('row', () => {
      rows += 1;
      if (rows % LOOK_AT_MEMORY_EACH === 0) {
        highest = Math.max(highest, process.memoryUsage.rss());
      }
    });
    await request
      .input('count', sql.Int, count)
      .query(
        'SELECT TOP (@count) Id, Name, CreatedAt, Cost, Count64, EventId FROM bench.Wide ORDER BY Id;',
      );
    const seconds = (performance.now() - start) / 1000;
    return { rows, seconds, grownMegabytes: (highest - before) / 1024 ** 2 };
  }
}

async function connect(config: sql.config): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool(config);
  pool.on('error', () => {});
  return pool.connect();
}

/** A row as the app's own procedure makes it. */
function insertion(eventId: string): string {
  return `DECLARE @outcome nvarchar(16);
EXEC inventory.RecordResource '${eventId}', N'/subscriptions/s/resourceGroups/g/providers/T/t/n', N'T/t', N'n', N'g',
  '99999999-2222-4333-8444-555555555555', N'westeurope', '2026-11-25T06:00:00', @outcome OUTPUT;`;
}
