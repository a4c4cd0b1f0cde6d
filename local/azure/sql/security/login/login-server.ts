// What a login asks of the servers and databases that ARM made.
import type { SqlServerSettings } from '../../../providers/provider.ts';
import type { CatalogueState } from '../../catalogue/catalogue-state.ts';

export interface FirewallRule {
  readonly name: string;
  readonly startIpAddress: string;
  readonly endIpAddress: string;
}

export interface LoginDatabase {
  readonly name: string;
  readonly resourceId: string;
  /** What is committed; opens the database's file if it is not open. */
  readonly state: CatalogueState;
  /** A serverless database that sleeps, or a fault on demand: 40613. */
  isPaused?(): boolean;
  readonly collation: string;
}

export interface LoginServer {
  readonly settings: SqlServerSettings;
  readonly firewallRules: readonly FirewallRule[];
  /** `master` included; names are compared without case. */
  findDatabase(name: string): LoginDatabase | undefined;
}
