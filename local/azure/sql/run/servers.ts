// The servers that ARM made, as it drives them.
import type { SqlDataPlane } from '../../providers/provider.ts';
import { foldName } from '../catalogue/names.ts';
import type { OpenSessions } from './open-sessions.ts';
import { Server, type ServerParts } from './server.ts';

export class Servers {
  readonly #servers = new Map<string, Server>();
  readonly #parts: ServerParts;
  readonly #sessions: OpenSessions;

  constructor(parts: ServerParts, sessions: OpenSessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  /**
   * By the first label of the host.
   * Pretend: a client that is given `localhost` and a port means the server, where there is only one.
   */
  find(name: string): Server | undefined {
    const [only, ...others] = name === 'localhost' ? this.#servers.values() : [];
    return this.#servers.get(foldName(name)) ?? (others.length === 0 ? only : undefined);
  }

  dataPlane(): Omit<SqlDataPlane, 'runScript'> {
    return {
      putServer: (settings) => {
        const key = foldName(settings.name);
        const known = this.#servers.get(key);
        if (known) known.settings = settings;
        else this.#servers.set(key, new Server(settings, this.#parts));
      },
      removeServer: (name) => {
        this.#sessions.end(name);
        this.#servers.get(foldName(name))?.remove();
        this.#servers.delete(foldName(name));
      },
      isServerNameTaken: (name) => this.#servers.has(foldName(name)),
      putDatabase: (database) => this.#need(database.serverName).putDatabase(database),
      removeDatabase: (serverName, databaseName) => {
        const server = this.#servers.get(foldName(serverName));
        const database = server?.findDatabase(databaseName);
        if (database) this.#sessions.end(serverName, database.name);
        server?.removeDatabase(databaseName);
      },
      putFirewallRule: ({ serverName, ...rule }) => this.#need(serverName).putRule(rule),
      removeFirewallRule: (serverName, name) =>
        this.#servers.get(foldName(serverName))?.removeRule(name),
    };
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
  }

  #need(name: string): Server {
    const server = this.#servers.get(foldName(name));
    if (!server) throw new Error(`there is no server ${name}`);
    return server;
  }
}
