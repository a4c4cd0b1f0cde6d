import { parseResourceId, type ResourceId } from './azure/resource-id.ts';
import type { LocalAzure } from './azure/start-azure.ts';

/**
 * Id of the deployed resource with an identity that `name` means: its name (`vm-one`), as much of the type before it
 * as is needed (`virtualMachines/vm-one`), or its id. Throws a sentence that lists them unless it is exactly one.
 */
export function findResourceNamed(azure: LocalAzure, name: string): string {
  const withIdentity = azure.resourceManager
    .listResources()
    .filter(({ identity }) => identity !== undefined)
    .flatMap(({ id }) => parseResourceId(id) ?? []);
  const found = withIdentity.filter((resource) => isMeant(resource, name.toLowerCase()));
  const [first, ...others] = found;
  if (first && others.length === 0) return first.id;
  const candidates = first ? found : withIdentity;
  const list = candidates.map(({ type, fullName }) => `  ${type}/${fullName}`).join('\n');
  throw new Error(
    `${first ? 'More than one resource' : 'No resource with an identity'} is called '${name}'. There are:\n${list}`,
  );
}

function isMeant({ id, type, fullName }: ResourceId, name: string): boolean {
  return [id, `/${type}/${fullName}`].some(
    (path) => path.toLowerCase() === name || path.toLowerCase().endsWith(`/${name}`),
  );
}
