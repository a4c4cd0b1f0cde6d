import type { SqlMessage } from '../../tds/sql-error.ts';

/** What the server says behind a login, beside ENVCHANGE. */
export function loginMessages(database: string): readonly SqlMessage[] {
  return [
    {
      number: 5701,
      state: 2,
      class: 0,
      message: `Changed database context to '${database}'.`,
      line: 1,
    },
    {
      number: 5703,
      state: 1,
      class: 0,
      message: 'Changed language setting to us_english.',
      line: 1,
    },
  ];
}
