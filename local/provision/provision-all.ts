import { join } from 'node:path';
import type { LocalConfig } from '../config.ts';
import type { StackPart } from '../stack.ts';

export interface Tools {
  readonly temporalCli: () => string;
  readonly versitygw: () => string;
  readonly whisperModel: () => string;
  readonly python: () => string;
  readonly environment: Readonly<Record<string, string>>;
}

export async function provisionAll(
  config: LocalConfig,
  parts: readonly StackPart[],
  log: (line: string) => void,
): Promise<Tools> {
  log(`parts: ${parts.join(', ')}`);
  return {
    temporalCli: () => join(config.home, 'bin', 'temporal'),
    versitygw: () => join(config.home, 'bin', 'versitygw'),
    whisperModel: () => join(config.home, 'models', 'whisper-base'),
    python: () => join(config.home, 'venv', 'bin', 'python'),
    environment: {},
  };
}
