import type { z } from 'zod';
import type { Action, Role } from '../../gateway/policy.ts';
import type { templateSchema } from '../../gateway/templates/template-schema.ts';
import type {
  changeSchema,
  foundJobSchema,
  jobSchema,
  listedJobSchema,
  listedVersionSchema,
  progressSchema,
} from '../../gateway/jobs/job-schemas.ts';

/** What the gateway answers, as its own schemas say it. */

export type ListedJob = z.infer<typeof listedJobSchema>;
export type FoundJob = z.infer<typeof foundJobSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type ListedVersion = z.infer<typeof listedVersionSchema>;
export type Change = z.infer<typeof changeSchema>;
export type Template = z.infer<typeof templateSchema>;
export type JobStatus = ListedJob['status'] | Job['status'];

export interface Session {
  readonly tenant: string;
  readonly role: Role;
  readonly name: string;
  /** The same at each sign-in, and nobody else's; null: it is of a key. */
  readonly person: string | null;
  readonly actions: readonly Action[];
  /** When it ends, as ISO time; null: it does not. */
  readonly expires: string | null;
  /** Where they signed in; null: here. */
  readonly provider: { readonly label: string; readonly signOut: string | null } | null;
}

/** Where one can sign in besides here. */
export interface Provider {
  readonly name: string;
  readonly label: string;
}

/** A model that jobs call. */
export interface Target {
  readonly role: string;
  readonly target: string;
  readonly model: string;
}

export interface JobPage {
  readonly jobs: readonly ListedJob[];
  readonly next: string | null;
}

export interface ExportFile {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
}

/** What a posted recording became. */
export interface MadeJob {
  readonly id: string;
  /** It was there already, and is not paid for again. */
  readonly reused: boolean;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  /** Whether its requests are signed. */
  readonly signature: 'none' | 'optional' | 'required';
}

export interface MadeKey extends Key {
  /** Shown once. */
  readonly key: string;
}
