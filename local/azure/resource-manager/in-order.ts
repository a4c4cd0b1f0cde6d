/** Runs work on the same key one after the other; work on different keys runs side by side. */
export function createInOrder(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const lowerKey = key.toLowerCase();
    const result = (last.get(lowerKey) ?? Promise.resolve()).then(work, work);
    last.set(lowerKey, result);
    const forget = () => {
      if (last.get(lowerKey) === result) last.delete(lowerKey);
    };
    result.then(forget, forget);
    return result;
  };
}
