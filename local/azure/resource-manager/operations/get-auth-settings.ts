import type { Operation } from '../arm-context.ts';
import { getResource } from './get-resource.ts';

/**
 * Azure: `config/authsettingsV2/list` is the one `list` that is asked for by GET, and older clients know no other way
 * to read the settings: https://learn.microsoft.com/rest/api/appservice/web-apps/get-auth-settings-v2
 */
export const getAuthSettings: Operation = (arm, request, values) =>
  getResource(arm, { ...request, path: request.path.replace(/\/list$/i, '') }, values);
