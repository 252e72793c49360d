import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  sql,
  type ColumnType,
  type Generated,
} from 'kysely';
import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { RevisionKind } from '../../workflows/contracts/revision.ts';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Role as TenantRole } from '../../workflows/contracts/tenant-roles.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { WebhookEvent, WebhookPayload } from '../../workflows/contracts/webhooks.ts';
import type { SignatureAlgorithm } from '../signatures/signing-key.ts';
import type { LedgerState } from '../paid-call/ledger.ts';
import { createPool, type PoolOptions } from './create-pool.ts';

export type Database = Kysely<DatabaseTables>;

/** A connection pool that connects at the first query. `destroy()` closes it. */
export function createDatabase(options: PoolOptions): Database {
  return new Kysely<DatabaseTables>({
    dialect: new PostgresDialect({ pool: createPool(options) }),
    // The queries say `createdAt`, the tables `created_at`. The members of JSON columns keep their names.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

/** Throws `DatabaseUnreachableError` unless the server answers. */
export async function checkDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}

/** The tables that the migrations create. Dates without a time are text: `2026-03-02`. */
interface DatabaseTables {
  readonly job: JobTable;
  readonly jobVersion: JobVersionTable;
  readonly jobWords: JobWordsTable;
  readonly sourceRef: SourceReferenceTable;
  readonly ledgerEntry: LedgerEntryTable;
  readonly apiKey: ApiKeyTable;
  readonly signingKey: SigningKeyTable;
  readonly signatureNonce: SignatureNonceTable;
  readonly refusal: RefusalTable;
  readonly idempotentRequest: IdempotentRequestTable;
  readonly upload: UploadTable;
  readonly session: KeySecretTable;
  readonly signInLink: KeySecretTable;
  readonly identitySession: IdentitySessionTable;
  readonly webhookEndpoint: WebhookEndpointTable;
  readonly webhookDelivery: WebhookDeliveryTable;
}

export interface JobTable {
  readonly tenant: string;
  readonly id: string;
  readonly kind: 'minutes';
  readonly workflowId: string;
  /** The latest run that a worker began; kept when the job is submitted again, until the next run begins. */
  readonly runId: string | null;
  /** Of the latest submission. */
  readonly status: 'submitted' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** Of the minutes under `minutesKey`, whatever became of later runs; null: there are none. */
  readonly result: 'complete' | 'partial' | null;
  /** Failure type; null unless failed. */
  readonly failure: string | null;
  /** What failed, on what, and what to do; null unless failed. */
  readonly failureMessage: string | null;
  readonly title: string | null;
  readonly meetingDate: string | null;
  readonly language: string | null;
  readonly durationSeconds: number | null;
  readonly sourceSha256: string;
  readonly sourceName: string;
  readonly minutesKey: string | null;
  /** How many versions of the outputs were begun; the numbers are never used again. */
  readonly versions: Generated<number>;
  /** JSON: written as text, read parsed. */
  readonly degradations: ColumnType<readonly Degradation[], string | undefined, string>;
  /** Of the minutes under `minutesKey`; null: nobody is asked for it. JSON. */
  readonly approval: ApprovalColumn;
  /** Lines: the summary, the statements, the transcript. */
  readonly searchText: string | null;
  readonly createdAt: Generated<Date>;
  /** The latest submission: later than `createdAt` when the job was submitted again. */
  readonly submittedAt: Generated<Date>;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A version of a job's minutes that can be read. Which one the job shows is in its row. */
export interface JobVersionTable {
  readonly tenant: string;
  readonly jobId: string;
  readonly version: number;
  readonly minutesKey: string;
  readonly result: 'complete' | 'partial';
  /** What a person did; null, with the two after it: a run made this version. */
  readonly kind: RevisionKind | null;
  /** The version that the person changed. */
  readonly base: number | null;
  /** Who, as they call themselves. */
  readonly author: string | null;
  /** When it was published; null: nobody was asked for it. JSON. */
  readonly approval: ApprovalColumn;
  readonly createdAt: Generated<Date>;
}

type ApprovalColumn = ColumnType<ApprovalFacts | null, string | null | undefined, string | null>;

/** What the search knows of a job. */
interface JobWordsTable {
  tenant: string;
  jobId: string;
  /** `tsvector`, of words that `searchWords` cut; the title's have a mark of the tenant too. */
  titleWords: Generated<string>;
  textWords: Generated<string>;
  /** Of the minutes whose text was cut; null: of none yet. */
  minutesKey: string | null;
  /** How many words of a very long text are not in `textWords`. */
  leftOut: Generated<number>;
}

/** Which jobs need a recording: it may be erased when its last reference is gone. */
interface SourceReferenceTable {
  tenant: string;
  sourceSha256: string;
  jobId: string;
  createdAt: Generated<Date>;
}

export interface LedgerEntryTable extends Omit<Usage, 'inputTokens' | 'outputTokens'> {
  tenant: string;
  id: Generated<string>;
  jobId: string;
  /** The run that claimed the call last; null: a warm-up or a request. */
  runId: string | null;
  account: 'job' | 'warm-up' | 'request';
  role: Role;
  workKey: string;
  callKey: string;
  ordinal: number;
  target: string;
  model: string;
  state: LedgerState;
  /** Null once the entry has ended. */
  leaseUntil: Date | null;
  verdict: VerdictKind | null;
  /** Finds work in the provider's queue. The driver reads it as JSON. */
  ticket: ColumnType<unknown, string | null, string | null>;
  /** bigint: the driver returns it as text. */
  inputTokens: ColumnType<string | null, number | null, number | null>;
  outputTokens: ColumnType<string | null, number | null, number | null>;
  nanoDollars: ColumnType<string | null, never, never>;
  priceVersion: string | null;
  createdAt: Generated<Date>;
  sendingAt: Date | null;
  settledAt: Date | null;
}

/** A key of the gateway. */
export interface ApiKeyTable {
  /** Part of the key: it finds the row. */
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly role: string;
  /** Of the whole key; the key itself is stored nowhere. */
  readonly keySha256: string;
  readonly createdAt: Generated<Date>;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Whether requests of the key are signed: they cannot be, may be, or must be. */
  readonly signature: ColumnType<SignaturePolicy, SignaturePolicy | undefined, SignaturePolicy>;
}

export type SignaturePolicy = 'none' | 'optional' | 'required';

/** What verifies the signatures of a key: the present one, and for a while the one before it. */
interface SigningKeyTable {
  readonly id: Generated<string>;
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** Base64: a public key, or the secret of HMAC. */
  readonly material: string;
  readonly createdAt: Generated<Date>;
  /** Null: of the present one. */
  readonly endsAt: ColumnType<Date | null, Date | null | undefined, Date>;
}

/** What was sent once with a signature and is not taken again. */
interface SignatureNonceTable {
  readonly keyId: string;
  readonly nonce: string;
  readonly expiresAt: Date;
}

/** Something that stands for a key for a while: a session of a browser, or a link that begins one. */
interface KeySecretTable {
  /** Part of the secret: it finds the row. */
  readonly id: string;
  readonly keyId: string;
  /** Of the whole secret, which is stored nowhere. */
  readonly sha256: string;
  readonly createdAt: Generated<Date>;
  readonly expiresAt: Date;
}

/** A session of a browser that stands for somebody an issuer vouches for. */
interface IdentitySessionTable extends Omit<KeySecretTable, 'keyId'> {
  /** By its name in `hansard.yaml`. */
  readonly issuer: string;
  /** Who it is: `identity:{issuer}:{digest of the subject}`. */
  readonly identityId: string;
  /** As the issuer's claims had it at the sign-in, with the next two. */
  readonly tenant: string;
  readonly role: TenantRole;
  readonly name: string;
}

/** What the gateway refused: by whom and what, never the address or the content of the request. */
export interface RefusalTable {
  readonly id: Generated<string>;
  readonly refusedAt: Generated<Date>;
  readonly requestId: string;
  readonly keyId: string | null;
  readonly tenant: string | null;
  readonly action: string | null;
  readonly status: number;
  readonly method: string;
  readonly route: string | null;
}

/** A request that its client may repeat. */
interface IdempotentRequestTable {
  readonly tenant: string;
  readonly keyId: string;
  /** What the client called it: a digest. */
  readonly name: string;
  /** What it asked for: a digest. */
  readonly fingerprint: string;
  readonly claim: Generated<string>;
  /** Null: it was answered. */
  readonly leaseUntil: Date | null;
  /** Encrypted. */
  readonly answer: Buffer | null;
  readonly expiresAt: Date;
}

/** A file that comes to the object store in parts. */
export interface UploadTable {
  readonly id: string;
  readonly tenant: string;
  /** The key that began it. */
  readonly keyId: string;
  readonly name: string;
  /** bigint: the driver returns it as text. Null: it is told at the end. */
  readonly bytes: ColumnType<string | null, number | null, number>;
  readonly partBytes: number;
  readonly contentType: string | null;
  /** As the client says; nobody believes it. */
  readonly claimedSha256: string | null;
  /** The object store's own id; null: it was not asked yet. */
  readonly storeUploadId: string | null;
  readonly createdAt: Generated<Date>;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
  readonly abortedAt: Date | null;
  /** What reading the whole object showed, with the two after it; null: nobody has read it. */
  readonly sha256: string | null;
  readonly kind: 'recording' | 'transcript' | null;
  /** Null also: a transcript without times. */
  readonly durationSeconds: number | null;
  /** Its bytes lie under `sources/` since then. */
  readonly storedAt: Date | null;
}

/** Where a tenant hears of its jobs. */
interface WebhookEndpointTable {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly secret: string;
  /** The one before it; null, with its end: it was never replaced. */
  readonly previousSecret: string | null;
  readonly previousEndsAt: Date | null;
  readonly createdAt: Generated<Date>;
  readonly disabledAt: Date | null;
  /** `endpoint`: it answered 410. Null: it is enabled. */
  readonly disabledBy: 'person' | 'endpoint' | null;
}

/** A message to an endpoint. */
export interface WebhookDeliveryTable {
  readonly tenant: string;
  /** Its `webhook-id`. */
  readonly id: string;
  readonly endpointId: string;
  readonly event: WebhookPayload['type'];
  /** Null: a test. */
  readonly jobId: string | null;
  /** JSON, as it is sent. */
  readonly payload: string;
  readonly state: Generated<'waiting' | 'delivered' | 'dead'>;
  /** Attempts since the last replay. */
  readonly tries: Generated<number>;
  readonly replays: Generated<number>;
  readonly lastStatus: number | null;
  /** Words of ours. */
  readonly lastError: string | null;
  readonly nextAt: Date | null;
  readonly createdAt: Generated<Date>;
  readonly endedAt: Date | null;
}
