import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Target } from '../targets/target.ts';
import type { RoleContract, WireContract } from './contract.ts';
import { deepinfra } from './deepinfra.ts';
import { fal } from './fal.ts';
import { hfChat } from './hf-chat.ts';
import { hfTask } from './hf-task.ts';
import { hfendpoints } from './hfendpoints.ts';
import { nscale } from './nscale.ts';
import { openai } from './openai.ts';
import { replicate } from './replicate.ts';
import { tgi } from './tgi.ts';
import { together } from './together.ts';
import { toolkit } from './toolkit.ts';

/** A new contract is its file, its test, and its line here. */
export const CONTRACTS = {
  'hf-chat': hfChat,
  'hf-task': hfTask,
  fal,
  replicate,
  together,
  deepinfra,
  nscale,
  openai,
  tgi,
  toolkit,
  hfendpoints,
} as const satisfies Readonly<Record<string, WireContract>>;

export type ContractName = keyof typeof CONTRACTS;

const isContractName = (name: string): name is ContractName => Object.hasOwn(CONTRACTS, name);

export const CONTRACT_NAMES: readonly ContractName[] =
  Object.keys(CONTRACTS).filter(isContractName);

/** The configuration accepts only names of the table, so every target has one. */
export function contractOf({ contract }: Pick<Target, 'contract'>): WireContract {
  if (!isContractName(contract)) throw new TypeError(`there is no contract ${contract}`);
  return CONTRACTS[contract];
}

/** Null: the contract does not serve the role, and the configuration refuses the pair. */
export const contractFor = <R extends Role>(contract: string, role: R): RoleContract<R> | null =>
  contractOf({ contract }).roles[role] ?? null;

/** Whether a target finds out the language of a chunk by itself. */
export const detectsLanguage = (target: Pick<Target, 'contract'>): boolean =>
  contractOf(target).traits.audio.detectsLanguage;

/** The form in which a target takes the audio of a chunk; `url`: the address of the FLAC in the object store. */
export const audioFormOf = (
  target: Pick<Target, 'contract' | 'audioByUrl'>,
): 'flac' | 'wav' | 'url' => (target.audioByUrl ? 'url' : contractOf(target).traits.audio.form);
