import type { StoredSchema } from '../catalogue-state.ts';
import { noSuchSchema } from '../definition-errors.ts';
import type { DefinitionContext } from './definition-context.ts';

/** The schema to make an object in: needs ALTER on it. Throws SqlError 2760, also for one that is not there. */
export function schemaFor(
  name: string | undefined,
  { catalogue, security }: DefinitionContext,
): StoredSchema {
  const wanted = name ?? security.defaultSchema;
  const schema = catalogue.findSchema(wanted);
  const isSystems = schema?.name === 'sys' || schema?.name === 'INFORMATION_SCHEMA';
  if (!schema || isSystems || !security.has('ALTER', { kind: 'schema', schema: wanted })) {
    throw noSuchSchema(wanted);
  }
  return schema;
}
