/**
 * Of a database whose template says none: text is compared without case, with accents.
 * Source: https://learn.microsoft.com/azure/azure-sql/database/features-comparison
 */
export const DEFAULT_COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

/** Names of collations have no case. */
export const isDefaultCollation = (name: string) =>
  name.toLowerCase() === DEFAULT_COLLATION.toLowerCase();
