// The sessions of all servers, by process id.
import { foldName } from '../catalogue/names.ts';
import type { SessionFacts } from '../catalogue/views/server-views.ts';
import type { Session } from './session.ts';

interface OpenSession {
  readonly session: Session;
  readonly serverName: string;
  readonly facts: Omit<SessionFacts, 'isRunning' | 'openTransactions' | 'isOwn'>;
}

/** Azure SQL's lower ones are the system's [sys.dm_exec_sessions]. */
const FIRST_PROCESS_ID = 51;
/** `@@SPID` is a smallint. */
const LAST_PROCESS_ID = 32_767;

export class OpenSessions {
  readonly #sessions = new Map<number, OpenSession>();
  #lastId = FIRST_PROCESS_ID - 1;
  #running: number | undefined;

  nextProcessId(): number {
    do this.#lastId = this.#lastId >= LAST_PROCESS_ID ? FIRST_PROCESS_ID : this.#lastId + 1;
    while (this.#sessions.has(this.#lastId));
    return this.#lastId;
  }

  add(session: OpenSession): void {
    this.#sessions.set(session.facts.sessionId, session);
  }

  remove(processId: number): void {
    this.#sessions.delete(processId);
  }

  /** Whose statement runs from this moment on. */
  note(processId: number): void {
    this.#running = processId;
  }

  list(serverName: string): readonly SessionFacts[] {
    return this.#of(serverName).map(({ session, facts }) => ({
      ...facts,
      isRunning: session.isRunning,
      openTransactions: session.openTransactions,
      isOwn: facts.sessionId === this.#running,
    }));
  }

  /** Ends those of a server, or of one of its databases. */
  end(serverName: string, databaseName?: string): void {
    for (const { session } of this.#of(serverName)) {
      if (databaseName === undefined || session.database === databaseName) session.close();
    }
  }

  endAll(): void {
    for (const { session } of [...this.#sessions.values()]) session.close();
  }

  #of(serverName: string): readonly OpenSession[] {
    return [...this.#sessions.values()].filter(
      (each) => foldName(each.serverName) === foldName(serverName),
    );
  }
}
