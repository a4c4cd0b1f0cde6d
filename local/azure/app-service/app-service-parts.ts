import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import type { Journal } from '../journal.ts';
import type { Resource } from '../resource-manager/resource.ts';
import type { Tokens } from '../tokens/tokens.ts';

/** What App Service needs of the embedded Azure. */
export interface AppServiceParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  findResource(id: string): Resource | undefined;
  listResources(): readonly Resource[];
}
