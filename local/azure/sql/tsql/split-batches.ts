// sqlcmd's GO: a tool's word, unknown to the server.

/** One batch of a script. */
export interface ScriptBatch {
  readonly text: string;
  /** How often it runs: `GO 5`. */
  readonly count: number;
  /** Line of the script where it begins, from 1. */
  readonly line: number;
}

const quoteEnds: Readonly<Record<string, string>> = { "'": "'", '"': '"', '[': ']' };
const separator = /^[ \t]*go(?:[ \t]+(\d+))?[ \t]*;?[ \t]*(?:--.*)?\r?$/i;
const mark = /['"[]|--|\/\*/g;
const commentMark = /\/\*|\*\//g;

/**
 * Splits a script as sqlcmd does: at lines that hold only GO, outside of comments, strings and quoted names.
 * Batches of blanks only are left out. Quotes that do not end are the server's to complain about.
 */
export function splitBatches(script: string): readonly ScriptBatch[] {
  const batches: ScriptBatch[] = [];
  let open: OpenText | undefined;
  let lines: string[] = [];
  let firstLine = 1;
  const allLines = script.split('\n');
  const finish = (count: number, nextLine: number) => {
    const text = lines.join('\n');
    if (text.trim() !== '' && count > 0) batches.push({ text, count, line: firstLine });
    lines = [];
    firstLine = nextLine;
  };
  for (const [index, line] of allLines.entries()) {
    const go = open === undefined ? separator.exec(line) : null;
    if (go !== null) {
      finish(Number(go[1] ?? 1), index + 2);
      continue;
    }
    lines.push(line);
    open = scanLine(line, open);
  }
  finish(1, allLines.length);
  return batches;
}

/** What is open at a line's end: a comment with its depth, or a quote with its closing sign. */
type OpenText = { readonly commentDepth: number } | { readonly close: string };

function scanLine(line: string, openAtStart: OpenText | undefined): OpenText | undefined {
  let open = openAtStart;
  let at = 0;
  while (at < line.length) {
    if (open !== undefined) {
      const rest =
        'close' in open ? closeQuote(line, at, open.close) : closeComment(line, at, open);
      open = rest.open;
      at = rest.at;
      continue;
    }
    mark.lastIndex = at;
    const found = mark.exec(line);
    if (found === null || found[0] === '--') return undefined;
    at = mark.lastIndex;
    open = found[0] === '/*' ? { commentDepth: 1 } : { close: quoteEnds[found[0]] ?? "'" };
  }
  return open;
}

interface Scanned {
  readonly at: number;
  readonly open: OpenText | undefined;
}

/** A doubled sign stands for itself. */
function closeQuote(line: string, from: number, close: string): Scanned {
  let at = from;
  for (;;) {
    const found = line.indexOf(close, at);
    if (found === -1) return { at: line.length, open: { close } };
    if (line[found + 1] !== close) return { at: found + 1, open: undefined };
    at = found + 2;
  }
}

function closeComment(
  line: string,
  from: number,
  open: { readonly commentDepth: number },
): Scanned {
  let depth = open.commentDepth;
  commentMark.lastIndex = from;
  for (;;) {
    const found = commentMark.exec(line);
    if (found === null) return { at: line.length, open: { commentDepth: depth } };
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return { at: commentMark.lastIndex, open: undefined };
  }
}
