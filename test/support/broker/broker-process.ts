import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import tls from 'node:tls';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { installRedirect } from '../../../local/redirect/redirect.ts';

export interface ToBroker {
  readonly id: number;
  /** A token for it; absent: the broker's memory. */
  readonly audience?: string;
}

export interface FromBroker {
  readonly id?: number;
  readonly token?: AccessToken;
  readonly memory?: NodeJS.MemoryUsage;
  readonly cpu?: NodeJS.CpuUsage;
  readonly ready?: { readonly redirect: Record<string, number>; readonly certificate: string };
}

export const NAMESPACE = 'broker-ns.servicebus.windows.net';
export const HUB = 'events';
/** Service Bus: the queue `orders`, the topic `news` with the subscription `all`. */
export const BUS_NAMESPACE = 'broker-sb.servicebus.windows.net';

export interface BrokerProcess {
  /** Of an identity that may send to and receive from everything; asks the running broker. */
  readonly credential: TokenCredential;
  memory(): Promise<NodeJS.MemoryUsage>;
  /** Seconds of processor time that it has used. */
  cpuSeconds(): Promise<number>;
  /** SIGKILL: nothing is said or written any more. */
  kill(): Promise<void>;
  /** Starts it again, with what it had on disk. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the broker; unmodified SDK clients of this process reach it by `NAMESPACE` from then on. */
export async function startBrokerProcess(messageDirectory = ''): Promise<BrokerProcess> {
  const trusted = tls.getCACertificates('default');
  let child: ChildProcess;
  let undoRedirect = () => {};
  let nextId = 0;
  const waiting = new Map<number, (message: FromBroker) => void>();

  const ask = (audience?: string) =>
    new Promise<FromBroker>((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, resolve);
      const order: ToBroker = { id, ...(audience !== undefined && { audience }) };
      if (child.connected) child.send(order, (error) => error && reject(error));
      else reject(new Error('the broker is down'));
    });

  async function start(): Promise<void> {
    child = fork(join(import.meta.dirname, 'broker-main.ts'), [messageDirectory]);
    const ready = await new Promise<NonNullable<FromBroker['ready']>>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
      child.on('message', (message: FromBroker) => {
        if (message.ready) resolve(message.ready);
        if (message.id === undefined) return;
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
      });
    });
    undoRedirect();
    undoRedirect = installRedirect(ready.redirect);
    tls.setDefaultCACertificates([...trusted, ready.certificate]);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  await start();
  return {
    credential: {
      async getToken(scopes) {
        const [scope = ''] = [scopes].flat();
        const { token } = await ask(scope.replace(/\/\.default$/, ''));
        return token ?? null;
      },
    },
    async memory() {
      const { memory } = await ask();
      if (!memory) throw new Error('the broker did not say');
      return memory;
    },
    async cpuSeconds() {
      const { cpu } = await ask();
      if (!cpu) throw new Error('the broker did not say');
      return (cpu.user + cpu.system) / 1e6;
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGTERM');
      undoRedirect();
      tls.setDefaultCACertificates(trusted);
    },
  };
}
