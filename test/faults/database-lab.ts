// Several embedded Azures in this process, each with our template and its own Azure SQL: a fault at a login says not
// whose, so that tests which wait at the same time have one each.
import { after } from 'node:test';
import { AppWithDatabase } from './app-with-database.ts';
import { installSeats, openSeat, type Seat } from './database-seat.ts';

/** Opens `count` seats, at the top level of a file. */
export async function openDatabaseLab(count: number): Promise<DatabaseLab> {
  const seats: Seat[] = [];
  for (let number = 0; number < count; number++) seats.push(await openSeat(number));
  after(installSeats(seats));
  return new DatabaseLab(seats);
}

export class DatabaseLab {
  readonly #free: Seat[];

  constructor(seats: readonly Seat[]) {
    this.#free = [...seats];
  }

  /** Runs `test` with the app of a seat that nobody else has, and sees that it kept its promises. */
  async use(test: (app: AppWithDatabase) => Promise<void>): Promise<void> {
    const seat = this.#free.pop();
    if (!seat) throw new RangeError('more tests at once than seats');
    const app = new AppWithDatabase(seat);
    try {
      await test(app);
      await app.keptItsPromises();
    } finally {
      seat.azure.faults.clear();
      await app.close();
      this.#free.push(seat);
    }
  }
}
