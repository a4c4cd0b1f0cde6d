// Functions whose answer the session knows.
import { randomUUID } from 'node:crypto';
import type { SystemView } from '../../catalogue/catalogue.ts';
import type { CallContext } from '../call-context.ts';
import { nameParts } from '../name-parts.ts';
import type { SqliteFunction, SqliteValue } from './sqlite-function.ts';

const text = (value: SqliteValue | undefined) => String(value ?? '');
const flag = (value: boolean | undefined) => (value === undefined ? null : value ? 1 : 0);

/** Rows of a system view as JSON; bytes as hexadecimal. */
function systemRows(view: SystemView, context: CallContext): string {
  return JSON.stringify(view.rows(context.security), (_key, value: unknown) => {
    if (typeof value === 'bigint') return Number(value);
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    // A Buffer has become an object before it comes here.
    const buffer = value as { readonly type?: unknown; readonly data?: readonly number[] } | null;
    if (typeof buffer === 'object' && buffer?.type === 'Buffer')
      return Buffer.from(buffer.data ?? []).toString('hex');
    return value;
  });
}

/** https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql */
function hasPermission(
  context: CallContext,
  securable: SqliteValue,
  kind: SqliteValue,
  permission: SqliteValue,
  column: SqliteValue,
): number | null {
  if (permission === null) return null;
  const name = text(permission).toUpperCase();
  const { security, catalogue } = context;
  switch (kind === null ? 'DATABASE' : text(kind).toUpperCase()) {
    case 'DATABASE':
      return flag(security.has(name, { kind: 'database' }));
    case 'SCHEMA': {
      const schema = catalogue.findSchema(nameParts(text(securable)).at(-1) ?? '');
      return schema ? flag(security.has(name, { kind: 'schema', schema: schema.name })) : null;
    }
    case 'OBJECT': {
      const parts = nameParts(text(securable));
      const object = catalogue.findObject(
        parts.at(-2) ?? security.defaultSchema,
        parts.at(-1) ?? '',
      );
      if (!object) return null;
      const target = { kind: 'object', schema: object.schema, name: object.name } as const;
      if (!security.sees(target) && !security.has(name, target)) return null;
      return flag(
        security.has(name, column === null ? target : { ...target, column: text(column) }),
      );
    }
    case 'USER':
    case 'ROLE':
      return flag(security.has(name, { kind: 'principal', name: text(securable) }));
    default:
      return null;
  }
}

export function sessionFunctions(context: CallContext): Readonly<Record<string, SqliteFunction>> {
  const principals = () => {
    const view = context.catalogue.findObject('sys', 'database_principals');
    if (view?.kind !== 'systemView') return [];
    const names = view.columns.map(({ name }) => name);
    const [id, name] = [names.indexOf('principal_id'), names.indexOf('name')];
    return view
      .rows(context.security)
      .map((row) => ({ id: Number(row[id]), name: String(row[name]) }));
  };
  return {
    t_given: (name) => context.value(text(name)),
    t_system_rows: (name) => {
      const [schema = '', view = ''] = text(name).split('.');
      const object = context.catalogue.findObject(schema, view);
      return object?.kind === 'systemView' ? systemRows(object, context) : '[]';
    },
    t_identity: (schema, table) => context.nextIdentity(text(schema), text(table)),
    t_newid: () => randomUUID().toUpperCase(),
    t_rand: () => Math.random(),
    t_suser_sname: (sid) =>
      sid === undefined ||
      (sid instanceof Uint8Array && Buffer.from(sid).equals(Buffer.from(context.security.sid)))
        ? context.security.loginName
        : null,
    t_suser_sid: (name) =>
      name === undefined || text(name).toLowerCase() === context.security.loginName.toLowerCase()
        ? Buffer.from(context.security.sid)
        : null,
    t_suser_id: () => null,
    t_user_name: (id) => {
      if (id === undefined) return context.security.userName;
      return principals().find((each) => each.id === Number(id))?.name ?? null;
    },
    t_user_id: (name) => {
      if (name === undefined) return context.security.principalId;
      const wanted = text(name).toLowerCase();
      return principals().find((each) => each.name.toLowerCase() === wanted)?.id ?? null;
    },
    t_is_rolemember: (role, member) => {
      if (role === null || role === undefined) return null;
      const own = context.security.userName.toLowerCase();
      if (member !== undefined && text(member).toLowerCase() !== own) return null;
      return flag(context.security.isMemberOf(text(role)));
    },
    t_is_srvrolemember: () => null,
    t_has_perms: (securable, kind, permission, column) =>
      hasPermission(context, securable ?? null, kind ?? null, permission ?? null, column ?? null),
    t_has_dbaccess: (name) =>
      text(name).toLowerCase() === context.catalogue.databaseName.toLowerCase() ? 1 : null,
    t_db_name: (id) =>
      id === undefined || Number(id) === context.value('#database_id')
        ? context.catalogue.databaseName
        : null,
    t_db_id: (name) =>
      name === undefined ||
      text(name).toLowerCase() === context.catalogue.databaseName.toLowerCase()
        ? context.value('#database_id')
        : null,
  };
}
