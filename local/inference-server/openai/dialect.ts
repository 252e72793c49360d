import type { z } from 'zod';
import type { PictureFormat } from '../kept-results.ts';
import type { Provider, Task } from '../models/catalogue.ts';
import type { Transcription } from '../models/transcriber.ts';
import type { PictureOrder } from '../picture-order.ts';
import type { Refusal, Refuse } from '../refusal.ts';

/** What differs between OpenAI's API and the servers that copy it, or a part of it. */
export interface OpenAiDialect {
  readonly prefix: string;
  /** Its models by the catalogue; null: all of them. */
  readonly provider: Provider | null;
  readonly refuse: Refuse;
  /** Of a body of another shape; default: `refuse` with the field. */
  readonly refuseShape?: (message: string, path: readonly string[]) => Refusal;
  /** Throws if the model is not served for the task. */
  readonly requireModel: (model: string, task: Task) => void;
  /** Comes to the JSON schema of the answer; null: plain text. */
  readonly responseFormat: z.ZodType<object | null>;
  readonly speech: {
    /** Of the multipart form. */
    readonly schema: z.ZodType<{
      /** Or its address. */
      readonly file: File | string;
      readonly model?: string;
      /** Undefined: detected. */
      readonly language?: string | undefined;
      readonly prompt?: string | undefined;
      readonly response_format: 'json' | 'text' | 'verbose_json';
      readonly temperature: number;
    }>;
    readonly verboseBody: (transcription: Transcription, withWords: boolean) => object;
  };
  readonly images: {
    readonly schema: z.ZodType<
      PictureOrder & {
        readonly model: string;
        readonly output_format: PictureFormat;
        /** An address; else inside the JSON. */
        readonly response_format: 'url' | 'b64_json' | 'base64';
      }
    >;
    readonly body: (picture: object) => object;
  };
  readonly headers: (task: Task) => Readonly<Record<string, string>>;
}
