import { app } from '@azure/functions';
import { describeDatabase } from '../shared/database/describe-database.ts';
import { assertKnownQuery } from '../shared/input.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/database/identity: who the app is to the database, and what it may there. */
export const getDatabaseIdentity: Answer = async ({ url }, services) => {
  assertKnownQuery(url, []);
  return describeDatabase(services.database);
};

app.http('getDatabaseIdentity', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'database/identity',
  handler: httpHandler(getDatabaseIdentity),
});
