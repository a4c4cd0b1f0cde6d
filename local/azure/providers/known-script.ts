// The one deployment script that is run here: infra/sql/run-batches.ps1, which runs batches of T-SQL as its identity.
import { createHash } from 'node:crypto';

/** SHA-256 of its text, as in infra/azuredeploy.json. */
export const RUN_BATCHES_SHA256 =
  '15a2de5cafb8ebedf26c6afb71aa3103b9d9a4f3864debba1ef28313617701f4';

export function isKnownScript(scriptContent: unknown): boolean {
  return (
    typeof scriptContent === 'string' &&
    createHash('sha256').update(scriptContent).digest('hex') === RUN_BATCHES_SHA256
  );
}

/** What it takes from its environment. Undefined where that is not what the script could use. */
export function readBatches(
  environment: ReadonlyMap<string, string>,
): { serverHost: string; databaseName: string; batches: readonly string[] } | undefined {
  const serverHost = environment.get('SQL_SERVER');
  const databaseName = environment.get('SQL_DATABASE');
  const batches = parseBatches(environment.get('SQL_BATCHES') ?? '');
  return serverHost && databaseName && batches ? { serverHost, databaseName, batches } : undefined;
}

function parseBatches(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return isList ? value : undefined;
  } catch {
    return undefined;
  }
}
