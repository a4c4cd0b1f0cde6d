/** What a failed call of the app means to the person who reads it. */
export type ErrorCode =
  // yours to fix
  | 'CONFIG_INVALID' // a setting, or the app's own state, is missing or not as it should be
  | 'IDENTITY_UNAVAILABLE' // no token: no endpoint, identity not assigned, endpoint down
  | 'ACCESS_DENIED' // the target knows the caller and refuses, or doesn't accept its token
  | 'NOT_FOUND' // the target answered that there is no such thing
  | 'INPUT_INVALID' // the caller's request
  // ours or theirs
  | 'TARGET_UNAVAILABLE' // no answer, a broken one, or 5xx
  | 'THROTTLED' // 429, server busy
  | 'UNEXPECTED'; // none of these: worth a bug report

/** Where the failure was met. */
export type Target =
  | 'settings'
  | 'request'
  | 'identity'
  | 'resource-manager'
  | 'key-vault'
  | 'blobs'
  | 'event-hubs'
  | 'service-bus'
  | 'database'
  | 'web-api'
  | 'app';

/** Who was refused what, and the role that would allow it. */
export interface DeniedAccess {
  /** Object id of the refused identity, if the target or the token names it. */
  readonly principalId?: string;
  readonly action: string;
  readonly scope: string;
  /** Name of the built-in role, or of the database's. */
  readonly role?: string;
}

interface AppErrorFields {
  readonly code: ErrorCode;
  readonly target: Target;
  /** One sentence: what happened. Never a token, a secret or an SDK's own text. */
  readonly message: string;
  /** One sentence: what the reader can do. */
  readonly nextStep: string;
  readonly access?: DeniedAccess;
  readonly retryAfterSeconds?: number;
  /** HTTP status of the target's answer, if there was one; of target `request`: of ours. */
  readonly status?: number;
  /** By target: ids of the events that it took before the failure. */
  readonly accepted?: Readonly<Record<string, readonly string[]>>;
  readonly cause?: unknown;
}

/** The only error that leaves `shared/`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly target: Target;
  readonly nextStep: string;
  readonly access: DeniedAccess | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;
  readonly accepted: Readonly<Record<string, readonly string[]>> | undefined;

  constructor(fields: AppErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.code = fields.code;
    this.target = fields.target;
    this.nextStep = fields.nextStep;
    this.access = fields.access;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.status = fields.status;
    this.accepted = fields.accepted;
  }

  /** What a log prints: an SDK error as `cause` may hold headers, bodies, a secret's half. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.code} (${this.target}): ${this.message} ${this.nextStep}`;
  }
}
