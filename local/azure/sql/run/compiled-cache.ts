import { SqlError } from '../../tds/sql-error.ts';
import type { CatalogueStore } from '../catalogue/catalogue-store.ts';
import type { CompiledStatement, CompileScope } from '../compile/compiled.ts';

interface Kept {
  readonly generation: number;
  readonly defaultSchema: string;
  readonly identityInsert: CompileScope['identityInsert'];
  readonly statement: CompiledStatement;
}

/** By database, then by tree: a text is parsed once for all sessions, and its variables' types are part of it. */
const kept = new WeakMap<CatalogueStore, WeakMap<object, Kept>>();

const compileErrors = new WeakSet<SqlError>();

/** Whether a statement could not even be compiled. */
export const isCompileError = (error: SqlError): boolean => compileErrors.has(error);

/** Compiles once for a state of the catalogue. Throws SqlError. */
export function compileOnce(
  node: object,
  store: CatalogueStore,
  scope: CompileScope,
  compile: (scope: CompileScope) => CompiledStatement,
): CompiledStatement {
  const known = treesOf(store);
  const { generation } = scope.catalogue;
  const { defaultSchema, identityInsert } = scope;
  const before = known.get(node);
  if (
    before?.generation === generation &&
    before.defaultSchema === defaultSchema &&
    before.identityInsert === identityInsert
  ) {
    return before.statement;
  }
  try {
    const statement = compile(scope);
    known.set(node, { generation, defaultSchema, identityInsert, statement });
    return statement;
  } catch (error) {
    if (error instanceof SqlError) compileErrors.add(error);
    throw error;
  }
}

function treesOf(store: CatalogueStore): WeakMap<object, Kept> {
  let trees = kept.get(store);
  if (!trees) {
    trees = new WeakMap();
    kept.set(store, trees);
  }
  return trees;
}
