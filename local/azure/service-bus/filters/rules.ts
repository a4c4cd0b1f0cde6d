import { FilterError } from './filter-error.ts';
import type { MessageProperties } from './message-properties.ts';
import { createRule, type Rule } from './rule.ts';

/** The rules of a subscription: a message that one of them matches is selected, once. */
export class Rules {
  readonly #rules = new Map<string, Rule>();

  constructor() {
    this.add(createRule('$Default', { kind: 'true' }));
  }

  /** Replaces one of the same name. */
  add(rule: Rule): void {
    this.#rules.set(rule.name.toLowerCase(), rule);
  }

  find(name: string): Rule | undefined {
    return this.#rules.get(name.toLowerCase());
  }

  /** Whether there was one. */
  remove(name: string): boolean {
    return this.#rules.delete(name.toLowerCase());
  }

  /** By name, as Azure lists them [azure-sdk-for-js ruleManager.spec.ts]. */
  list(): Rule[] {
    return [...this.#rules.values()].sort((left, right) =>
      left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1,
    );
  }

  /** Whether a rule matches. Throws FilterError if none does and one could not be evaluated. */
  select(message: MessageProperties): boolean {
    let failure: FilterError | undefined;
    for (const rule of this.#rules.values()) {
      try {
        if (rule.matches(message)) return true;
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
    return false;
  }
}
