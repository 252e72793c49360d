import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';
import type { DetouredContract, RoleContracts } from './contract.ts';
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

/** A new contract is its file, its test, its name in `CONTRACT_NAMES`, and one line here. */
export const CONTRACTS: Readonly<Record<ContractName, RoleContracts>> = {
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
};

/** Null where the contract has no form for the role: the configuration refuses that pair. */
export const contractFor = <R extends Role>(
  name: ContractName,
  role: R,
): DetouredContract<R> | null => CONTRACTS[name][role] ?? null;
