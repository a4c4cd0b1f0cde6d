import { once } from '../credential.ts';

/** Loading it takes 130 ms: at first use, or before it by `loadDatabaseDriver`. */
export const databaseDriver = once(async () => (await import('mssql')).default);

/** Loads it ahead of the first call. Never throws: whoever needs it is told. */
export async function loadDatabaseDriver(): Promise<void> {
  await Promise.allSettled([databaseDriver()]);
}
