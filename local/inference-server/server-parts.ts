import type { Faults } from './faults.ts';
import type { FileStore } from './kept-results.ts';
import type { ManagedEndpoints } from './managed-endpoints.ts';
import type { LanguageModel } from './models/gguf/language-model.ts';
import type { NsfwClassifier } from './models/nsfw-classifier.ts';
import type { Diarizer } from './models/speakers/diarizer.ts';
import type { Transcriber } from './models/transcriber.ts';

/** What the routes of a server share. */
export interface ServerParts {
  readonly transcriber: Transcriber;
  /** Null: the server was started without its models. */
  readonly diarizer: Diarizer | null;
  /** Null: the server was started without a GGUF model. */
  readonly languageModel: LanguageModel | null;
  readonly classify: NsfwClassifier;
  readonly files: FileStore;
  readonly endpoints: ManagedEndpoints;
  /** Null: the server was started without `--faults`. */
  readonly faults: Faults | null;
  readonly queueDelayMs: number;
  /** The only accepted bearer token; null: any or none. */
  readonly requireToken: string | null;
}
