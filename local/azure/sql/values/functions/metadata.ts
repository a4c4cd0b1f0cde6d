// Functions that look into the catalogue; what the caller may not see is NULL.

import type { CatalogueObject } from '../../catalogue/catalogue.ts';
import { DEFAULT_COLLATION } from '../../catalogue/default-collation.ts';
import { sameName } from '../../catalogue/names.ts';
import { typeFacts } from '../../catalogue/views/type-facts.ts';
import type { CallContext } from '../call-context.ts';
import { nameParts } from '../name-parts.ts';
import { byteLength } from '../type-size.ts';
import type { SqliteFunction, SqliteValue } from './sqlite-function.ts';

const text = (value: SqliteValue | undefined) => String(value ?? '');

type Stored = Exclude<CatalogueObject, { kind: 'systemView' }>;

const kinds: Readonly<Record<string, Stored['kind']>> = {
  U: 'table',
  V: 'view',
  P: 'procedure',
  PC: 'procedure',
};

function visible(
  object: CatalogueObject | undefined,
  { security }: CallContext,
): Stored | undefined {
  if (!object || object.kind === 'systemView') return undefined;
  const { schema, name } = object;
  return security.sees({ kind: 'object', schema, name }) ? object : undefined;
}

function objectNamed(name: string, context: CallContext): Stored | undefined {
  const parts = nameParts(name);
  const { catalogue, security } = context;
  if (parts.length > 2 && !sameName(parts.at(-3) ?? '', catalogue.databaseName)) return undefined;
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : [security.defaultSchema, 'dbo'];
  for (const schema of schemas) {
    const found = visible(
      catalogue.findObject(schema || security.defaultSchema, parts.at(-1) ?? ''),
      context,
    );
    if (found) return found;
  }
  return undefined;
}

/** A row of a system view by one of its columns. */
function rowBy(view: string, column: string, value: unknown, context: CallContext) {
  const object = context.catalogue.findObject('sys', view);
  if (object?.kind !== 'systemView') return undefined;
  const names = object.columns.map(({ name }) => name);
  const at = names.indexOf(column);
  const row = object
    .rows(context.security)
    .find((each) =>
      typeof value === 'string'
        ? sameName(String(each[at]), value)
        : Number(each[at]) === Number(value),
    );
  return row && ((name: string) => row[names.indexOf(name)] ?? null);
}

function objectById(id: SqliteValue, context: CallContext): Stored | undefined {
  const row = rowBy('objects', 'object_id', Number(id), context);
  const schema = row && rowBy('schemas', 'schema_id', row('schema_id'), context);
  return (
    row &&
    schema &&
    visible(context.catalogue.findObject(text(schema('name')), text(row('name'))), context)
  );
}

const serverProperties: Readonly<Record<string, string>> = {
  edition: 'SQL Azure',
  engineedition: '5',
  productversion: '12.0.2000.8',
  productlevel: 'RTM',
  collation: DEFAULT_COLLATION,
  isclustered: '0',
  isintegratedsecurityonly: '0',
  isfulltextinstalled: '0',
  isxtpsupported: '0',
  productmajorversion: '12',
};

const databaseProperties: Readonly<Record<string, string>> = {
  collation: DEFAULT_COLLATION,
  status: 'ONLINE',
  updateability: 'READ_WRITE',
  useraccess: 'MULTI_USER',
  recovery: 'FULL',
  version: '957',
  edition: 'GeneralPurpose',
  serviceobjective: 'GP_S_Gen5_1',
};

export function metadataFunctions(context: CallContext): Readonly<Record<string, SqliteFunction>> {
  const columnOf = (table: Stored | undefined, name: string) =>
    table && 'columns' in table
      ? table.columns.find((column) => sameName(column.name, name))
      : undefined;
  return {
    t_object_id: (name, kind) => {
      if (name === null || name === undefined) return null;
      const object = objectNamed(text(name), context);
      if (!object) return null;
      const wanted =
        kind === undefined || kind === null ? object.kind : kinds[text(kind).trim().toUpperCase()];
      return object.kind === wanted ? object.objectId : null;
    },
    t_object_name: (id) => (id === null ? null : (objectById(id ?? null, context)?.name ?? null)),
    t_object_schema_name: (id) =>
      id === null ? null : (objectById(id ?? null, context)?.schema ?? null),
    t_object_definition: (id) => {
      const object = id === null ? undefined : objectById(id ?? null, context);
      return object &&
        'text' in object &&
        context.security.has('VIEW DEFINITION', {
          kind: 'object',
          schema: object.schema,
          name: object.name,
        })
        ? object.text
        : null;
    },
    t_schema_id: (name) =>
      context.catalogue.findSchema(name === undefined ? context.security.defaultSchema : text(name))
        ?.schemaId ?? null,
    t_schema_name: (id) => {
      if (id === undefined) return context.security.defaultSchema;
      return (rowBy('schemas', 'schema_id', Number(id), context)?.('name') ?? null) as SqliteValue;
    },
    t_col_length: (table, name) => {
      const column = columnOf(objectNamed(text(table), context), text(name));
      if (!column) return null;
      return byteLength(column.type);
    },
    t_col_name: (id, columnId) => {
      const object = id === null ? undefined : objectById(id ?? null, context);
      if (object?.kind !== 'table') return null;
      return object.columns.find((column) => column.columnId === Number(columnId))?.name ?? null;
    },
    t_columnproperty: (id, name, property) => {
      const column =
        id === null ? undefined : columnOf(objectById(id ?? null, context), text(name));
      if (!column) return null;
      switch (text(property).toLowerCase()) {
        case 'allowsnull':
          return column.nullable ? 1 : 0;
        case 'isidentity':
          return column.identity ? 1 : 0;
        case 'iscomputed':
          return 0;
        case 'columnid':
          return 'columnId' in column ? Number(column.columnId) : null;
        case 'precision':
          // Of text and binary it is the length.
          if (!('length' in column.type)) return typeFacts(column.type).precision;
          return column.type.length === 'max' ? -1 : column.type.length;
        default:
          return null;
      }
    },
    t_objectproperty: (id, property) => {
      const object = id === null ? undefined : objectById(id ?? null, context);
      if (!object) return null;
      const wanted = {
        istable: 'table',
        isusertable: 'table',
        isview: 'view',
        isprocedure: 'procedure',
      }[text(property).toLowerCase()];
      return wanted === undefined ? null : object.kind === wanted ? 1 : 0;
    },
    t_type_id: (name) =>
      (rowBy('types', 'name', text(name), context)?.('user_type_id') ?? null) as SqliteValue,
    t_type_name: (id) =>
      id === null
        ? null
        : ((rowBy('types', 'user_type_id', Number(id), context)?.('name') ?? null) as SqliteValue),
    t_serverproperty: (name) => {
      const key = text(name).toLowerCase();
      if (key === 'servername' || key === 'machinename') return context.serverName;
      return serverProperties[key] ?? null;
    },
    t_databasepropertyex: (database, name) => {
      if (!sameName(text(database), context.catalogue.databaseName)) return null;
      return databaseProperties[text(name).toLowerCase()] ?? null;
    },
    t_connectionproperty: (name) =>
      ({
        net_transport: 'TCP',
        protocol_type: 'TSQL',
        auth_scheme: 'SQL',
        client_net_address: '127.0.0.1',
        local_tcp_port: '1433',
      })[text(name).toLowerCase()] ?? null,
  };
}
