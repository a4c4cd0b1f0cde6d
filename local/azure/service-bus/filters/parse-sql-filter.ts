import { FilterSyntaxError } from './filter-error.ts';
import { isUnsupportedSystemProperty } from './message-properties.ts';
import * as sql from './sql-filter.ts';
import { readSqlTokens, type SqlToken } from './sql-tokens.ts';

/** Source: service-bus-quotas, size of SQL filters. */
const LONGEST = 1024;
/** The expression may not choose our stack depth. */
const DEEPEST = 64;

const comparisons = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);

/** Values of `@name`. */
export type FilterParameters = Readonly<Record<string, string | number | boolean>>;

/** A parsed part: a predicate and an expression are different things, and parentheses may hold either. */
type Part =
  | { readonly predicate: sql.Predicate }
  | { readonly expression: sql.Expression; readonly isProperty: boolean };

/**
 * The condition of a SQL filter. Throws FilterSyntaxError, which names what it does not take.
 * Grammar: service-bus-messaging-sql-filter.
 */
export function parseSqlFilter(
  expression: string,
  parameters: FilterParameters = {},
): sql.Predicate {
  if (expression.length > LONGEST) {
    throw new FilterSyntaxError(`the expression is longer than ${LONGEST} characters`);
  }
  const parser = new SqlParser(readSqlTokens(expression), parameters);
  return parser.parse();
}

class SqlParser {
  readonly #tokens: readonly SqlToken[];
  readonly #parameters: FilterParameters;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly SqlToken[], parameters: FilterParameters) {
    this.#tokens = tokens;
    this.#parameters = parameters;
  }

  parse(): sql.Predicate {
    const part = this.#or();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    return this.#asPredicate(part);
  }

  #or(): Part {
    let part = this.#and();
    while (this.#takeKeyword('OR')) {
      const left = this.#asPredicate(part);
      part = { predicate: sql.or(left, this.#asPredicate(this.#and())) };
    }
    return part;
  }

  #and(): Part {
    let part = this.#not();
    while (this.#takeKeyword('AND')) {
      const left = this.#asPredicate(part);
      part = { predicate: sql.and(left, this.#asPredicate(this.#not())) };
    }
    return part;
  }

  #not(): Part {
    if (!this.#takeKeyword('NOT')) return this.#comparison();
    return this.#deeper(() => ({ predicate: sql.not(this.#asPredicate(this.#not())) }));
  }

  #comparison(): Part {
    if (this.#takeKeyword('EXISTS')) return { predicate: sql.exists(this.#existsOperand()) };
    const left = this.#sum();
    if ('predicate' in left) return left;
    const token = this.#peek();
    if (token?.kind === 'operator' && comparisons.has(token.text)) {
      this.#next++;
      const right = this.#asExpression(this.#sum());
      return { predicate: sql.comparison(token.text, left.expression, right) };
    }
    if (this.#takeKeyword('IS')) return this.#isNull(left);
    const isNegated = this.#takeKeyword('NOT');
    const test = this.#listOrPattern(left.expression);
    if (test) return { predicate: isNegated ? sql.not(test) : test };
    if (isNegated) throw this.#unexpected();
    return left;
  }

  #existsOperand(): sql.Expression {
    this.#expect('(');
    const operand = this.#sum();
    this.#expect(')');
    if (!('isProperty' in operand) || !operand.isProperty) {
      throw new FilterSyntaxError('EXISTS takes a property');
    }
    return operand.expression;
  }

  #isNull({ expression, isProperty }: Extract<Part, { isProperty: boolean }>): Part {
    const isNegated = this.#takeKeyword('NOT');
    if (!this.#takeKeyword('NULL')) throw this.#unexpected();
    if (!isProperty) throw new FilterSyntaxError('IS NULL takes a property');
    const test = sql.isNull(expression);
    return { predicate: isNegated ? sql.not(test) : test };
  }

  #listOrPattern(left: sql.Expression): sql.Predicate | undefined {
    if (this.#takeKeyword('IN')) {
      this.#expect('(');
      const list = [this.#asExpression(this.#sum())];
      while (this.#takeOperator(',')) list.push(this.#asExpression(this.#sum()));
      this.#expect(')');
      return sql.isIn(left, list);
    }
    if (!this.#takeKeyword('LIKE')) return undefined;
    const pattern = this.#asExpression(this.#sum());
    const escaping = this.#takeKeyword('ESCAPE') ? this.#asExpression(this.#sum()) : undefined;
    return sql.like(left, pattern, escaping);
  }

  #sum(): Part {
    return this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#unary()));
  }

  #binary(operators: readonly string[], operand: () => Part): Part {
    let part = operand();
    for (let token = this.#peek(); token?.kind === 'operator'; token = this.#peek()) {
      const operator = token.text;
      if (!operators.includes(operator)) break;
      this.#next++;
      const left = this.#asExpression(part);
      const right = this.#asExpression(operand());
      part = { expression: sql.arithmetic(operator, left, right), isProperty: false };
    }
    return part;
  }

  #unary(): Part {
    if (this.#takeOperator('+')) {
      return this.#deeper(() => ({
        expression: this.#asExpression(this.#unary()),
        isProperty: false,
      }));
    }
    if (!this.#takeOperator('-')) return this.#primary();
    return this.#deeper(() => ({
      expression: sql.negate(this.#asExpression(this.#unary())),
      isProperty: false,
    }));
  }

  #primary(): Part {
    const token = this.#peek();
    if (!token) throw new FilterSyntaxError('the expression ends too early');
    this.#next++;
    switch (token.kind) {
      case 'integer':
        return constantPart(BigInt.asIntN(64, BigInt(token.text)));
      case 'decimal':
        return constantPart(Number(token.text));
      case 'string':
        return constantPart(token.text);
      case 'parameter':
        return this.#parameter(token.text);
      case 'name':
        return this.#named(token.text);
      case 'keyword':
        if (token.text === 'TRUE' || token.text === 'FALSE')
          return constantPart(token.text === 'TRUE');
        if (token.text === 'NULL') return constantPart(undefined);
        break;
      case 'operator':
        if (token.text === '(') return this.#parenthesis();
        break;
    }
    this.#next--;
    throw this.#unexpected();
  }

  #parameter(name: string): Part {
    const value = this.#parameters[name];
    if (value === undefined) throw new FilterSyntaxError(`the parameter '${name}' has no value`);
    return constantPart(Number.isSafeInteger(value) ? BigInt(value) : value);
  }

  #parenthesis(): Part {
    const part = this.#deeper(() => this.#or());
    this.#expect(')');
    return 'isProperty' in part ? { ...part, isProperty: false } : part;
  }

  /** A property, with or without scope, or a function. */
  #named(name: string): Part {
    if (this.#takeOperator('(')) return this.#call(name);
    if (!this.#takeOperator('.')) return { expression: sql.userProperty(name), isProperty: true };
    const token = this.#peek();
    if (token?.kind !== 'name') throw this.#unexpected();
    this.#next++;
    if (/^user$/i.test(name)) return { expression: sql.userProperty(token.text), isProperty: true };
    if (!/^sys$/i.test(name))
      throw new FilterSyntaxError(`'${name}' is no scope: sys and user are`);
    if (isUnsupportedSystemProperty(token.text)) {
      throw new FilterSyntaxError(`the system property 'sys.${token.text}' is not supported`);
    }
    return { expression: sql.systemProperty(token.text), isProperty: true };
  }

  #call(name: string): Part {
    const lower = name.toLowerCase();
    if (lower === 'newid') {
      this.#expect(')');
      return { expression: sql.newId(), isProperty: false };
    }
    if (lower !== 'property' && lower !== 'p') {
      throw new FilterSyntaxError(`the function '${name}' is not supported`);
    }
    const argument = this.#deeper(() => this.#asExpression(this.#sum()));
    this.#expect(')');
    return { expression: sql.namedProperty(argument), isProperty: true };
  }

  #asPredicate(part: Part): sql.Predicate {
    if ('predicate' in part) return part.predicate;
    throw new FilterSyntaxError('a condition was expected, not a value');
  }

  #asExpression(part: Part): sql.Expression {
    if ('expression' in part) return part.expression;
    throw new FilterSyntaxError('a value was expected, not a condition');
  }

  #deeper<Result>(read: () => Result): Result {
    if (++this.#depth > DEEPEST) throw new FilterSyntaxError('the expression is nested too deeply');
    const result = read();
    this.#depth--;
    return result;
  }

  #peek(): SqlToken | undefined {
    return this.#tokens[this.#next];
  }

  #takeKeyword(text: string): boolean {
    return this.#take('keyword', text);
  }

  #takeOperator(text: string): boolean {
    return this.#take('operator', text);
  }

  #take(kind: SqlToken['kind'], text: string): boolean {
    const token = this.#peek();
    if (token?.kind !== kind || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(operator: string): void {
    if (!this.#takeOperator(operator)) throw this.#unexpected();
  }

  #unexpected(): FilterSyntaxError {
    const token = this.#peek();
    if (!token) return new FilterSyntaxError('the expression ends too early');
    return new FilterSyntaxError(`'${token.text}' is not expected at position ${token.at}`);
  }
}

function constantPart(value: Parameters<typeof sql.constant>[0]): Part {
  return { expression: sql.constant(value), isProperty: false };
}
