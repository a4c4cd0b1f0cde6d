// Texts as statements, each parsed once for all sessions.
import type { StoredProcedure } from '../catalogue/catalogue-state.ts';
import type { CreateModule, ProcedureParameter } from '../tsql/ast/definition.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { parseBatch, parseParameterDeclarations } from '../tsql/parse-batch.ts';
import { BoundedCache } from './bounded-cache.ts';

const MOST_KEPT = 500;
/** Longer ones come once: scripts, not the queries of an app. */
const LONGEST_KEPT = 10_000;

export type ProcedureDefinition = Extract<CreateModule, { kind: 'createProcedure' }>;

export class BatchParser {
  readonly #batches = new BoundedCache<readonly Statement[]>(MOST_KEPT);
  readonly #declarations = new BoundedCache<readonly ProcedureParameter[]>(MOST_KEPT);
  readonly #procedures = new WeakMap<StoredProcedure, ProcedureDefinition>();

  /** `declarations`: those of the variables in it, which decide what it means. Throws SqlError. */
  batch(text: string, quotedIdentifiers: boolean, declarations = ''): readonly Statement[] {
    const key = `${quotedIdentifiers ? 1 : 0}${declarations}\0${text}`;
    const known = this.#batches.get(key);
    if (known) return known;
    const statements = parseBatch(text, { quotedIdentifiers });
    if (key.length <= LONGEST_KEPT) this.#batches.set(key, statements);
    return statements;
  }

  /** `@a int, @b nvarchar(10) OUTPUT`. Throws SqlError. */
  declarations(text: string): readonly ProcedureParameter[] {
    const known = this.#declarations.get(text);
    if (known) return known;
    const parameters = parseParameterDeclarations(text);
    if (text.length <= LONGEST_KEPT) this.#declarations.set(text, parameters);
    return parameters;
  }

  /** A procedure's definition, from its text in the catalogue. */
  procedure(stored: StoredProcedure): ProcedureDefinition {
    const known = this.#procedures.get(stored);
    if (known) return known;
    const [statement] = parseBatch(stored.text);
    if (statement?.kind !== 'createProcedure') throw new Error('the text is no procedure');
    this.#procedures.set(stored, statement);
    return statement;
  }
}
