// A process that a test kills: it records numbers by a procedure, from the one given on, and says each that the engine
// has acknowledged. Arguments: the databases' folder, the first number.
import { openSql } from '../../../../support/sql-session.ts';

const [databaseDirectory = '', first = ''] = process.argv.slice(2);
const { open } = await openSql(databaseDirectory);
const session = await open();
process.on('disconnect', () => process.exit());
for (let number = Number(first); ; number++) {
  await session.rows(`EXEC dbo.Record ${number}`);
  process.send?.(number);
  await new Promise((resolve) => setImmediate(resolve));
}
