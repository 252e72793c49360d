import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ffmpeg, SAMPLE, toSamples } from '../adapters/media/with-folder.ts';

/**
 * A folder in which recordings are made; file names without a folder are in it. Several are made at once, so each file is
 * written once: two recordings that make the same file would read what the other has half written.
 */
export class Workbench {
  readonly folder: string;
  readonly #written = new Set<string>();
  constructor(folder: string) {
    this.folder = folder;
  }

  readonly path = (name: string): string => join(this.folder, name);

  /** `name` from these arguments of ffmpeg, whose inputs are full paths. */
  async make(name: string, ...args: readonly string[]): Promise<void> {
    await ffmpeg(...args, this.#once(name));
  }

  /** A piece of speech as another file, by these options of ffmpeg. */
  async encode(piece: Piece, name: string, options: readonly string[]): Promise<void> {
    await this.make(name, '-i', this.path(`${piece}.wav`), ...options);
  }

  /** Writes the pieces that every recording is made of. */
  async cutPieces(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      await this.make(`${piece}.wav`, ...PIECES[piece], '-ac', '1', '-ar', '48000');
    }
  }

  /** The files one after the other, byte by byte. */
  async join(name: string, ...parts: readonly string[]): Promise<void> {
    await this.write(name, Buffer.concat(await Promise.all(parts.map((one) => this.read(one)))));
  }

  /** The first half of a file's bytes. */
  async halve(from: string, to: string): Promise<void> {
    const bytes = await this.read(from);
    await this.write(to, bytes.subarray(0, Math.floor(bytes.length / 2)));
  }

  /** Forty wrong bytes in the middle of a file. */
  async spoil(from: string, to: string): Promise<void> {
    const bytes = await this.read(from);
    const middle = Math.floor(bytes.length / 2);
    for (let at = middle; at < middle + 40; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    await this.write(to, bytes);
  }

  /** Samples of a file at 16 kHz, mono. */
  async samples(name: string): Promise<Int16Array> {
    return toSamples(
      await ffmpeg('-i', this.path(name), '-ac', '1', '-ar', '16000', '-f', 's16le', '-'),
    );
  }

  async read(name: string): Promise<Buffer> {
    return await readFile(this.path(name));
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(this.#once(name), bytes);
  }

  #once(name: string): string {
    if (this.#written.has(name)) throw new Error(`${name} is written twice`);
    this.#written.add(name);
    return this.path(name);
  }
}

/** Two parts of the sample, its first sentence, and four languages that are not English. */
export type Piece = 'A' | 'B' | 'greeting' | 'fr' | 'it' | 'ru' | 'zh';

const language = (code: string): string =>
  fileURLToPath(new URL(`../fixtures/languages/${code}.opus`, import.meta.url));

const PIECES: Readonly<Record<Piece, readonly string[]>> = {
  A: ['-ss', '0', '-t', '20', '-i', SAMPLE],
  B: ['-ss', '34', '-t', '20', '-i', SAMPLE],
  greeting: ['-t', '5', '-i', SAMPLE],
  fr: ['-i', language('fr')],
  it: ['-i', language('it')],
  ru: ['-i', language('ru')],
  zh: ['-i', language('zh')],
};

/** How long each piece is, in seconds. */
export const LENGTHS: Readonly<Record<Piece, number>> = {
  A: 20,
  B: 20,
  greeting: 5,
  fr: 17.35,
  it: 16.5,
  ru: 12.4,
  zh: 18.7,
};
