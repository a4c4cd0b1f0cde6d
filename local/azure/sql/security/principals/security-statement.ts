import type { Directory } from '../../../directory.ts';
import type { SessionCatalogue } from '../../catalogue/session-catalogue.ts';
import type { SecurityStatement } from '../../tsql/ast/security.ts';
import type { DatabaseSecurityContext } from '../database-security-context.ts';

/** What a statement about principals and permissions may touch. The session holds the write lock. */
export interface SecurityStatementContext {
  readonly catalogue: SessionCatalogue;
  readonly security: DatabaseSecurityContext;
  readonly directory: Directory;
}

export type Of<K extends SecurityStatement['kind']> = Extract<SecurityStatement, { kind: K }>;
