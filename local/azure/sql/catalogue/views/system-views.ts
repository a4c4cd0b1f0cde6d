import type { SystemView } from '../catalogue.ts';
import { objectKey } from '../names.ts';
import { columnViews } from './column-views.ts';
import { constraintViews } from './constraint-views.ts';
import { informationSchemaViews } from './information-schema.ts';
import { constraintSchemaViews } from './information-schema-constraints.ts';
import { objectViews } from './object-views.ts';
import { principalViews } from './principal-views.ts';
import { type ServerFacts, serverViews } from './server-views.ts';

/** The views of `sys` and `INFORMATION_SCHEMA` of one database, by `objectKey`. */
export function systemViews(facts: ServerFacts): ReadonlyMap<string, SystemView> {
  const views = [
    ...principalViews,
    ...objectViews,
    ...columnViews,
    ...constraintViews,
    ...informationSchemaViews,
    ...constraintSchemaViews,
    ...serverViews(facts),
  ];
  return new Map(views.map((view) => [objectKey(view.schema, view.name), view]));
}
