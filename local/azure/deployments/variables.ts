import { unknownMember } from './invalid-template.ts';
import { isObject, member } from './json-values.ts';
import { parsePropertyLoop } from './parse-outputs.ts';
import type { VariableDefinition } from './template.ts';

/**
 * Variables by lower-case name, the loops of `variables.copy` among them.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-variables
 *
 * @throws ServiceError 400 `InvalidRequestContent`
 */
export function parseVariables(section: unknown): ReadonlyMap<string, VariableDefinition> {
  if (!isObject(section)) throw unknownMember('variables', 'Template', 'variables');
  const variables = new Map<string, VariableDefinition>();
  for (const [name, value] of Object.entries(section)) {
    if (name.toLowerCase() === 'copy' && Array.isArray(value)) {
      value.forEach((entry: unknown, index) => {
        const path = `variables.copy[${index}]`;
        const loop = parsePropertyLoop(entry, path);
        const loopName = isObject(entry) ? String(member(entry, 'name')) : '';
        variables.set(loopName.toLowerCase(), { name: loopName, loop });
      });
    } else {
      variables.set(name.toLowerCase(), { name, value });
    }
  }
  return variables;
}
