// `@@NAME`: filled in by the session for each execution, as a parameter of that name.
import type { SqlType } from '../../tds/sql-type.ts';
import type { Position } from '../tsql/ast/position.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';
import { undeclared } from './bind-error.ts';
import type { Compilation } from './compilation.ts';
import type { Typed } from './typed.ts';

const types: Readonly<Record<string, SqlType>> = {
  '@@rowcount': { name: 'int' },
  '@@error': { name: 'int' },
  '@@trancount': { name: 'int' },
  '@@spid': { name: 'smallint' },
  '@@version': { name: 'nvarchar', length: 300 },
  '@@servername': { name: 'nvarchar', length: 128 },
  '@@identity': { name: 'decimal', precision: 38, scale: 0 },
  '@@procid': { name: 'int' },
  '@@nestlevel': { name: 'int' },
  '@@language': { name: 'nvarchar', length: 128 },
  '@@langid': { name: 'smallint' },
  '@@datefirst': { name: 'tinyint' },
  '@@lock_timeout': { name: 'int' },
  '@@max_precision': { name: 'tinyint' },
  '@@options': { name: 'int' },
  '@@textsize': { name: 'int' },
  '@@microsoftversion': { name: 'int' },
  '@@servicename': { name: 'nvarchar', length: 128 },
};

const known =
  /^@@(CONNECTIONS|CPU_BUSY|CURSOR_ROWS|DBTS|FETCH_STATUS|IDLE|IO_BUSY|MAX_CONNECTIONS|PACK_RECEIVED|PACK_SENT|PACKET_ERRORS|REMSERVER|TIMETICKS|TOTAL_ERRORS|TOTAL_READ|TOTAL_WRITE)$/i;

/** Throws SqlError 137 for one that there is not, 40514 for one of SQL Server's that the stand-in lacks. */
export function globalVariable(name: string, position: Position, compilation: Compilation): Typed {
  const key = name.toLowerCase();
  const type = types[key];
  if (type) return { sql: compilation.parameter(key, type), type, nullable: true };
  throw known.test(name)
    ? unsupportedFeature(name.toUpperCase(), position.line)
    : undeclared(name, position);
}
