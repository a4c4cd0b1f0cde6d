/** Azure SQL's data plane, as ARM's providers drive it. Names are compared without case. */
export interface SqlDataPlane {
  /** Await it: the engine is loaded with its first server. A put of what is there changes its settings. */
  putServer(server: SqlServerSettings): void | Promise<void>;
  /** With its databases. */
  removeServer(serverName: string): void | Promise<void>;
  isServerNameTaken(serverName: string): boolean;
  /** `master` is there with its server. */
  putDatabase(database: SqlDatabaseSettings): void | Promise<void>;
  removeDatabase(serverName: string, databaseName: string): void | Promise<void>;
  putFirewallRule(rule: {
    readonly serverName: string;
    readonly name: string;
    readonly startIpAddress: string;
    readonly endIpAddress: string;
  }): void;
  removeFirewallRule(serverName: string, name: string): void;
  /**
   * Logs in with this access token and runs the batches one after the other; a message of the server that is an
   * error ends it. Throws Error with the server's own words (`Login failed for user …`, Msg 229 …).
   */
  runScript(script: {
    readonly serverName: string;
    readonly databaseName: string;
    readonly accessToken: string;
    readonly batches: readonly string[];
  }): Promise<void>;
}

export interface SqlServerSettings {
  /** `<name>.database.windows.net` is its host. */
  readonly name: string;
  readonly resourceId: string;
  /** The server's Entra administrator: `sid` is the object id of a user, group or application. */
  readonly administrator?: {
    readonly login: string;
    readonly sid: string;
    readonly principalType: 'User' | 'Group' | 'Application';
    readonly tenantId: string;
  };
  /** SQL logins count only without it; none can be made here. */
  readonly azureADOnlyAuthentication: boolean;
  readonly publicNetworkAccess: 'Enabled' | 'Disabled' | 'SecuredByPerimeter';
}

export interface SqlDatabaseSettings {
  readonly serverName: string;
  readonly name: string;
  readonly resourceId: string;
  readonly collation: string;
  readonly maxSizeBytes: number;
  readonly isServerless: boolean;
}
