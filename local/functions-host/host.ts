// A small Azure Functions host: loads an app as the real Node worker does and runs its functions: HTTP, timers,
// Service Bus and Event Hubs.
import { type AdminOptions, handleAdmin } from './admin.ts';
import { installCoreModule } from './core-module.ts';
import { createExecutor } from './executor.ts';
import { type FunctionSummary, functionList, summarise } from './function-list.ts';
import { writeHomepage } from './homepage.ts';
import { findHostId } from './host-id.ts';
import { type HostJson, loadHostJson } from './host-json.ts';
import { readHostStorageSettings } from './host-storage.ts';
import { isHttpFunction } from './http-route.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { type HttpTriggerOptions, handleHttpTrigger } from './http-trigger.ts';
import { indexFunctions } from './index-functions.ts';
import { loadKeys } from './keys.ts';
import { loadApp } from './load-app.ts';
import { filterLog, type HostLog } from './log.ts';
import { startMessagingListeners } from './messaging-listeners.ts';
import { findSetting } from './setting-resolution.ts';
import { stopHost } from './stop-host.ts';
import { startTimers } from './timers.ts';
import { createWorkerApp } from './worker-app.ts';
import { completeEnvironment } from './worker-environment.ts';

export interface FunctionsHostOptions {
  /** Absolute path of the folder with package.json and host.json. */
  readonly appDirectory: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether keys are checked; `func start` checks none. */
  readonly enableAuth: boolean;
  /** Settings of the app; what the host gives a worker is added. The app itself reads process.env. */
  readonly environment: Record<string, string | undefined>;
  readonly log: HostLog;
  /** A function ran beyond `functionTimeout`. Azure restarts the worker; here the process has to end. */
  readonly onTimeout: (message: string) => void;
}

export interface FunctionsHost {
  readonly baseUrl: string;
  readonly functions: readonly FunctionSummary[];
  stop(): Promise<void>;
}

/**
 * Resolves when the app is loaded and the port answers; requests that came before have waited. One host per process:
 * the library keeps globals.
 * Throws one sentence if the port is taken or a setting is wrong, and what the app throws while it loads.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const hostJson = await loadHostJson(options.appDirectory);
  const server = await startHttpServer(options.port);
  try {
    return await startOn(server, hostJson, options);
  } catch (error) {
    await server.stop(0);
    throw error;
  }
}

async function startOn(
  server: HttpServer,
  hostJson: HostJson,
  options: FunctionsHostOptions,
): Promise<FunctionsHost> {
  const { appDirectory, environment } = options;
  completeEnvironment(environment, { appDirectory, port: server.port });
  const log = filterLog(options.log, hostJson.logLevels);
  const app = createWorkerApp();
  installCoreModule(app, log);
  // Pretend: an app that throws here, or has a route that ASP.NET can't read, ends this host with the error.
  // Azure: the real one stays up and answers 404, or 503, to everything (seen with WebHost 4.1037).
  const capabilities = await loadApp(app, appDirectory);
  const { functions, errors } = indexFunctions(app.functions.values(), hostJson, environment);

  const hostId = findHostId(environment, appDirectory);
  const storage = readHostStorageSettings(environment);
  const names = functions.map(({ name }) => name);
  const keys = options.enableAuth ? await loadKeys(names, environment, hostId) : undefined;
  const { functionTimeoutMs } = hostJson;
  const executor = createExecutor({ app, log, functionTimeoutMs, onTimeout: options.onTimeout });
  const baseUrl = `http://127.0.0.1:${server.port}`;
  const message = functionList(functions, errors, baseUrl);
  log({ level: errors.length > 0 ? 'warning' : 'information', category: 'Host.General', message });

  const stopping = new AbortController();
  const timers = startTimers({ functions, executor, log, storage, hostId });
  const messaging = startMessagingListeners({ functions, executor, log, storage });
  const shared = { executor, keys, log, baseUrl };
  const admin: AdminOptions = {
    ...shared,
    functions,
    errors,
    hostId,
    stopping: stopping.signal,
    timerInput: timers.inputFor,
  };
  const limit = Number(findSetting(environment, 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'));
  const trigger: HttpTriggerOptions = {
    ...shared,
    functions: functions.filter(isHttpFunction),
    streamUri: capabilities.HttpUri,
    bodyLimitBytes: limit > 0 ? limit : undefined,
  };
  server.handle(async (exchange) => {
    if (await handleAdmin(exchange, admin)) return;
    if (await handleHttpTrigger(exchange, trigger)) return;
    exchange.request.resume();
    if (exchange.target.path === '/') writeHomepage(exchange.response, environment);
    else exchange.response.writeHead(404).end();
  });
  return {
    baseUrl,
    functions: functions.map(summarise),
    async stop() {
      stopping.abort();
      await stopHost({ app, server, listeners: [timers, messaging], executor, log });
    },
  };
}
