import type { Services } from '../services.ts';
import type { Check } from './diagnose.ts';

/** None where the app has no database. */
export function databaseChecks(services: Services): Check[] {
  if (!services.settings.isDatabaseOn) return [];
  const subject = () => {
    try {
      const { SQL_SERVER, SQL_DATABASE } = services.settings.need('SQL_SERVER', 'SQL_DATABASE');
      return { subject: `${SQL_SERVER}/${SQL_DATABASE}` };
    } catch {
      return {}; // the probe says what is wrong with the setting
    }
  };
  return [{ target: 'database', ...subject(), probe: async () => services.database.probe() }];
}
