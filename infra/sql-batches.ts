// The files of infra/sql as the deployment runs them, for whoever runs them without it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In the order in which they are run; infra/modules/database-user.bicep has the same. */
export const sqlFiles = [
  '01-schema.sql',
  '02-resource-table.sql',
  '03-record-resource.sql',
  '04-summarize-resources.sql',
  '05-user.sql',
];

/** The app's user in the database. */
export interface DatabaseUser {
  readonly user: string;
  /** `0x` and 32 hexadecimal digits: the client id of the app's identity, byte by byte. */
  readonly sid: string;
}

/** One batch a file. Throws RangeError for a name or SID that would be more than that in a statement. */
export async function sqlBatches({ user, sid }: DatabaseUser): Promise<readonly string[]> {
  if (!/^[\w-]{1,128}$/.test(user)) throw new RangeError(`'${user}' is no name of an identity.`);
  if (!/^0x[0-9A-F]{32}$/.test(sid)) throw new RangeError(`'${sid}' is no SID of an identity.`);
  const texts = await Promise.all(
    sqlFiles.map((name) => readFile(join(import.meta.dirname, 'sql', name), 'utf8')),
  );
  return texts.map((text) => text.replaceAll('$(UserName)', user).replaceAll('$(UserSid)', sid));
}
