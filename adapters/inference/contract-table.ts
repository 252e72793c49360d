import type { ContractName, Role } from '../../workflows/contracts/targets.ts';
import type { DetouredContract, RoleContracts } from './contract.ts';
import { deepinfra } from './contracts/deepinfra.ts';
import { fal } from './contracts/fal.ts';
import { hfChat } from './contracts/hf-chat.ts';
import { hfTask } from './contracts/hf-task.ts';
import { hfendpoints } from './contracts/hfendpoints.ts';
import { nscale } from './contracts/nscale.ts';
import { openai } from './contracts/openai.ts';
import { replicate } from './contracts/replicate.ts';
import { tgi } from './contracts/tgi.ts';
import { together } from './contracts/together.ts';
import { toolkit } from './contracts/toolkit.ts';

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
