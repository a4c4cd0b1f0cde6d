import { findSetting } from './setting-resolution.ts';

/**
 * What the real host and Core Tools give the worker, where the developer has not said otherwise
 * (azure-functions-core-tools, HostProcessStartInfoFactory.cs). Changes `environment`.
 */
export function completeEnvironment(
  environment: Record<string, string | undefined>,
  { appDirectory, port }: { readonly appDirectory: string; readonly port: number },
): void {
  const given = {
    AzureWebJobsScriptRoot: appDirectory,
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_HOSTNAME: `localhost:${port}`,
  };
  for (const [name, value] of Object.entries(given)) {
    if (findSetting(environment, name) === undefined) environment[name] = value;
  }
}
