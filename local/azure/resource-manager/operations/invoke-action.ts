import type { Operation } from '../arm-context.ts';
import { invokeAction } from '../invoke-resource-action.ts';
import { parseJsonBody } from '../parse-json-body.ts';
import { requireId } from '../require-id.ts';

/** POST `{resource}/{action}`: listKeys and the like. Text is XML (`publishxml`). */
export const postAction: Operation = async (arm, { path, caller, http }) => {
  const cut = path.lastIndexOf('/');
  const id = requireId(path.slice(0, cut));
  const body = await invokeAction(arm, caller, id, path.slice(cut + 1), parseJsonBody(http.body));
  return {
    status: 200,
    ...(typeof body === 'string' && { headers: { 'Content-Type': 'application/xml' } }),
    ...(body !== undefined && { body }),
  };
};
