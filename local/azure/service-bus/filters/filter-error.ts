/** A filter that cannot be evaluated for a message: Service Bus's FilterException. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** An expression that is no filter, or one that this broker does not have. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
}
