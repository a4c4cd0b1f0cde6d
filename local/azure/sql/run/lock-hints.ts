const locking = /"(?:UPDLOCK|XLOCK|HOLDLOCK|SERIALIZABLE|REPEATABLEREAD|TABLOCKX)"/;
const known = new WeakMap<object, boolean>();

/** Whether a statement asks to keep what it reads from being changed: `WITH (UPDLOCK, HOLDLOCK)`. */
export function asksForLocks(node: object): boolean {
  let asks = known.get(node);
  if (asks === undefined) {
    asks = hints(node);
    known.set(node, asks);
  }
  return asks;
}

function hints(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, part]) =>
    name === 'hints' ? locking.test(JSON.stringify(part)) : hints(part),
  );
}
