import { ServiceError } from '../http/service-error.ts';
import type { RuleFilter as RuleSettingsFilter } from '../providers/provider.ts';
import { FilterSyntaxError } from './filters/filter-error.ts';
import { createRule, type Rule, type RuleFilter } from './filters/rule.ts';

/** A rule as ARM's provider gives it. Throws ServiceError 400, which names what the filter may not have. */
export function readRule(name: string, filter: RuleSettingsFilter): Rule {
  try {
    return createRule(name, readFilter(filter));
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    // Pretend: the words; status and code are Azure's.
    const message = `The filter of rule '${name}' is not valid: ${error.message}.`;
    throw new ServiceError(400, 'BadRequest', message);
  }
}

function readFilter(filter: RuleSettingsFilter): RuleFilter {
  if (filter.kind === 'correlation') {
    const { system, properties } = filter;
    return {
      kind: 'correlation',
      correlation: { system, properties: new Map(Object.entries(properties)) },
    };
  }
  const { expression, parameters } = filter;
  if (/^\s*1\s*=\s*1\s*$/.test(expression)) return { kind: 'true' };
  if (/^\s*1\s*=\s*0\s*$/.test(expression)) return { kind: 'false' };
  return { kind: 'sql', expression, parameters };
}
