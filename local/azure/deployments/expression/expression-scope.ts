/**
 * What an expression can ask of the deployment that it stands in. Everything is synchronous:
 * a look-up that needs ARM first (reference, list*) throws `PendingLookup`; the runner fetches it
 * and evaluates again. Offline evaluation leaves such an expression as text.
 */
export interface ExpressionScope {
  parameter(name: string): unknown;
  variable(name: string): unknown;
  /** Without a name: the innermost loop of the resource. */
  copyIndex(loopName: string | undefined): number;
  deployment(): unknown;
  deployer(): unknown;
  environment(): unknown;
  tenant(): unknown;
  subscription(): unknown;
  /** Throws at subscription scope, as ARM does. */
  resourceGroup(): unknown;
  managementGroup(): unknown;
  /** `/subscriptions/…/resourceGroups/…`, or without the group at subscription scope: what resourceId() builds on. */
  readonly subscriptionId: string;
  readonly resourceGroupName: string | undefined;
  /** reference(symbolic name or id, api-version?, 'Full'?). */
  reference(args: readonly unknown[]): unknown;
  /** references(symbolic name of a loop, 'Full'?). */
  references(args: readonly unknown[]): unknown;
  /** resourceInfo(symbolic name): id, name, type, apiVersion without a call to ARM. */
  resourceInfo(symbolicName: string): unknown;
  /** listKeys(id, api-version, body?) and every other list*. */
  list(functionName: string, args: readonly unknown[]): unknown;
  /** Member of the template's `functions`: parameters and output of `namespace.name`. */
  userFunction(
    namespace: string,
    name: string,
  ): { readonly parameters: readonly string[]; readonly output: unknown } | undefined;
  utcNow(format: string | undefined): string;
  newGuid(): string;
}

/** Thrown by a scope when a value is not known yet; `key` tells the runner what to fetch. */
export class PendingLookup extends Error {
  override readonly name = 'PendingLookup';
  readonly key: string;

  constructor(key: string) {
    super(`not known before run time: ${key}`);
    this.key = key;
  }
}
