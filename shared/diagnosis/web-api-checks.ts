import type { Services } from '../services.ts';
import type { Check } from './diagnose.ts';
import { subjectOf } from './subject-of.ts';

/** None where the app calls no further API. */
export function webApiChecks(services: Services): Check[] {
  if (!services.settings.isWebApiOn) return [];
  const subject = subjectOf(() => services.settings.need('WEB_API_URL').WEB_API_URL.href);
  return [{ target: 'web-api', ...subject, probe: async () => services.webApi.probe() }];
}
