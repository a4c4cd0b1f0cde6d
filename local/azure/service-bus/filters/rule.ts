import type { CorrelationFilter } from './correlation-filter.ts';
import { matchesCorrelation } from './correlation-filter.ts';
import { FilterSyntaxError } from './filter-error.ts';
import type { MessageProperties } from './message-properties.ts';
import { type FilterParameters, parseSqlFilter } from './parse-sql-filter.ts';

/** What a rule says, as it is shown. */
export type RuleFilter =
  | { readonly kind: 'true' | 'false' }
  | {
      readonly kind: 'sql';
      readonly expression: string;
      readonly parameters?: FilterParameters;
    }
  | { readonly kind: 'correlation'; readonly correlation: CorrelationFilter };

export interface Rule {
  readonly name: string;
  readonly filter: RuleFilter;
  /** Throws FilterError. */
  matches(message: MessageProperties): boolean;
}

/** Source: service-bus-quotas, name of a subscription rule. */
const LONGEST_NAME = 50;

/** Parses the filter once. Throws FilterSyntaxError. */
export function createRule(name: string, filter: RuleFilter): Rule {
  if (name === '' || name.length > LONGEST_NAME) {
    throw new FilterSyntaxError(`the name of a rule has 1 to ${LONGEST_NAME} characters`);
  }
  return { name, filter, matches: compileFilter(filter) };
}

function compileFilter(filter: RuleFilter): Rule['matches'] {
  switch (filter.kind) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'sql': {
      const condition = parseSqlFilter(filter.expression, filter.parameters);
      return (message) => condition(message) === true;
    }
    case 'correlation': {
      const { correlation } = filter;
      if (Object.keys(correlation.system).length === 0 && correlation.properties.size === 0) {
        throw new FilterSyntaxError('a correlation filter needs at least one property');
      }
      return (message) => matchesCorrelation(correlation, message);
    }
  }
}
