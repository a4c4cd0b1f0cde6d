import type { ServerResponse } from 'node:http';
import { type Environment, findSetting } from './setting-resolution.ts';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Your Azure Function App is up and running.</title></head>
<body><h1>Your Azure Function App is up and running.</h1></body>
</html>
`;

/** `GET /` when no function has that route (azure-functions-host, HomepageMiddleware.cs). */
export function writeHomepage(response: ServerResponse, environment: Environment): void {
  const disabled =
    findSetting(environment, 'AzureWebJobsDisableHomepage')?.toLowerCase() === 'true';
  if (disabled) response.writeHead(204).end();
  else response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
}
