import type { Services } from '../services.ts';
import type { Check } from './diagnose.ts';
import { subjectOf } from './subject-of.ts';

/** None where the app has no database. */
export function databaseChecks(services: Services): Check[] {
  if (!services.settings.isDatabaseOn) return [];
  const subject = subjectOf(() => {
    const { SQL_SERVER, SQL_DATABASE } = services.settings.need('SQL_SERVER', 'SQL_DATABASE');
    return `${SQL_SERVER}/${SQL_DATABASE}`;
  });
  return [{ target: 'database', ...subject, probe: async () => services.database.probe() }];
}
