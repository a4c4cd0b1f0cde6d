export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper;
}

/** `name: 812 ms (741–955)`. */
export function describeRuns(name: string, values: readonly number[], unit: string): string {
  const round = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(2));
  return `${name}: ${round(median(values))} ${unit} (${round(Math.min(...values))} to ${round(Math.max(...values))})`;
}
