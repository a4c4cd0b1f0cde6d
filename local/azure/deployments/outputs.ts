import { ServiceError } from '../http/service-error.ts';
import { checkValue } from './check-value.ts';
import { loopCount, loopScopes } from './copy-loops.ts';
import type { DeploymentFailure } from './deployment.ts';
import { evaluateString, evaluateTree } from './expression/evaluate.ts';
import { failureOf, outputsFailed } from './failure.ts';
import { reasonOf } from './invalid-template.ts';
import type { PreparedDeployment } from './prepare-deployment.ts';
import type { OutputDefinition } from './template.ts';
import { describePosition } from './template-position.ts';
import { displayType, isSecure, resolveType } from './type-references.ts';

export type OutputValues = Readonly<
  Record<string, { readonly type: string; readonly value?: unknown }>
>;

export interface EvaluatedOutputs {
  /** As ARM shows them: secure ones without value. */
  readonly shown: OutputValues;
  /** Every value, secure ones too. */
  readonly secure: Readonly<Record<string, unknown>>;
}

/**
 * The outputs of a deployment whose resources are all there. A condition that is false leaves one out.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/outputs
 *
 * @returns or the failure that names every output that could not be evaluated
 */
export async function evaluateOutputs(
  deployment: PreparedDeployment,
): Promise<EvaluatedOutputs | DeploymentFailure> {
  const shown: Record<string, OutputValues[string]> = {};
  const secure: Record<string, unknown> = {};
  const failed: { name: string; reason: string }[] = [];
  for (const output of deployment.template.outputs) {
    try {
      if (!(await isWanted(output, deployment))) continue;
      const value = await evaluateOutput(output, deployment);
      const definition = resolveType(output, deployment.template.definitions);
      const type = displayType(definition);
      shown[output.name] = isSecure(definition) ? { type } : { type, value };
      secure[output.name] = value;
    } catch (error) {
      const reason = error instanceof ServiceError ? reasonOf(error) : failureOf(error).message;
      failed.push({ name: output.name, reason });
    }
  }
  return failed.length > 0 ? outputsFailed(failed) : { shown, secure };
}

async function isWanted(
  output: OutputDefinition,
  deployment: PreparedDeployment,
): Promise<boolean> {
  const { condition } = output;
  if (typeof condition !== 'string') return condition !== false;
  const { lookups, expressions } = deployment;
  return (await lookups.resolve(() => evaluateString(condition, expressions))) === true;
}

async function evaluateOutput(
  output: OutputDefinition,
  { lookups, expressions, template }: PreparedDeployment,
): Promise<unknown> {
  const { loop } = output;
  const value =
    loop === undefined
      ? await lookups.resolve(() => evaluateTree(output.value, expressions))
      : await evaluateTurns(output.name, loop);
  checkValue(value, output, output.name, { kind: 'output', definitions: template.definitions });
  return value;

  /** Turn by turn, so that one that must ask ARM doesn't evaluate all the others again. */
  async function evaluateTurns(
    name: string,
    { count, input }: NonNullable<OutputDefinition['loop']>,
  ): Promise<unknown[]> {
    const position = describePosition(template.source, ['outputs', name, 'copy']);
    const length = await lookups.resolve(() => loopCount(count, expressions, position));
    const values: unknown[] = [];
    for (const turn of loopScopes(name, length, expressions)) {
      values.push(await lookups.resolve(() => evaluateTree(input, turn)));
    }
    return values;
  }
}
