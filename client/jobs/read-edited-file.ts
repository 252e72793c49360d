import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { open } from 'node:fs/promises';
import { decodeText } from '../../adapters/transcripts/decode-text.ts';

/** Of an edited file that cannot be taken back. Says the place, and never repeats content. */
export class UnusableEditError extends Error {
  override readonly name = 'UnusableEditError';
}

/** A document of a day is about 10 MB. */
const LARGEST_BYTES = 32_000_000;

/** The top level of an edited JSON file. Throws `UnusableEditError`. */
export async function readEditedFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBounded(path);
  if (bracketsIn(bytes) > MOST_BRACKETS) {
    throw new UnusableEditError(
      `${path} has more than 1,000,000 objects and lists: no minutes.json or transcript.json has`,
    );
  }
  const text = decodeText(bytes);
  if (text === null)
    throw new UnusableEditError(
      `${path} is no text in UTF-8: edit takes minutes.json or transcript.json, as result wrote it`,
    );
  const json = parseJson(text, path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UnusableEditError(`${path} is JSON, but neither minutes.json nor transcript.json`);
  }
  return Object.fromEntries(Object.entries(json));
}

/** A day of words has 250,000. Of nothing but brackets, 32 MB would take 3 GB of memory, which ends a process. */
const MOST_BRACKETS = 1_000_000;

/** Those that open something, and those in texts. */
function bracketsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) count += 1;
  return count;
}

async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new UnusableEditError(
      error.code === 'ENOENT'
        ? `${path} does not exist: check the path`
        : `${path} cannot be read: check its permissions`,
    );
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new UnusableEditError(`${path} is not a file`);
    if (facts.size > LARGEST_BYTES) {
      throw new UnusableEditError(
        `${path} is larger than ${LARGEST_BYTES / 1e6} MB: no minutes.json or transcript.json is`,
      );
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, and does not always say the place.
    const [first] = faultsOf(text);
    if (first === undefined) throw new UnusableEditError(`${path} is not JSON`);
    const lines = text.slice(0, first.offset).split('\n');
    const what = printParseErrorCode(first.error)
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase();
    throw new UnusableEditError(
      `${path} is not JSON at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: ${what}`,
    );
  }
}

function faultsOf(text: string): readonly ParseError[] {
  const faults: ParseError[] = [];
  try {
    parse(text, faults, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // It calls itself for every level.
    if (!(error instanceof RangeError)) throw error;
  }
  return faults;
}
