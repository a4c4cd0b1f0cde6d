const PIECE = 16;

/** Gives a function that names the canaries of which a text holds 16 characters in a row. */
export function createLeakFinder(
  canaries: Readonly<Record<string, readonly string[]>>,
): (text: string) => string[] {
  const nameOf = new Map<string, string>();
  for (const [name, secrets] of Object.entries(canaries)) {
    for (const secret of secrets) {
      if (secret.length < PIECE) throw new Error(`${name} is too short to be looked for`);
      for (const piece of piecesOf(secret)) nameOf.set(piece, name);
    }
  }
  return (text) => {
    const found = new Set<string>();
    for (const piece of piecesOf(text)) {
      const name = nameOf.get(piece);
      if (name !== undefined) found.add(name);
    }
    return [...found];
  };
}

function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start + PIECE <= text.length; start++) yield text.slice(start, start + PIECE);
}
