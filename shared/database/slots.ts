/** As many at the same time as there are connections, the rest in the order they came. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Gives what frees the slot again; undefined if none came free within `limitMs`. */
  async take(limitMs: number): Promise<(() => void) | undefined> {
    if (this.#free > 0) this.#free--;
    else if (!(await this.#wait(limitMs))) return undefined;
    let isTaken = true;
    return () => {
      if (isTaken) this.#release();
      isTaken = false;
    };
  }

  #wait(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const onTurn = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(onTurn), 1);
        resolve(false);
      }, limitMs);
      this.#waiting.push(onTurn);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
