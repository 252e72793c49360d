import type { ContractName, Role } from '../../workflows/contracts/targets.ts';
import type { Contract } from './contract.ts';
import { hfChat } from './contracts/hf-chat.ts';
import { hfTask } from './contracts/hf-task.ts';
import { openai } from './contracts/openai.ts';

/** A new contract is its file, its test, its name in `CONTRACT_NAMES`, and one line here. */
export const CONTRACTS: Readonly<Record<ContractName, { readonly [R in Role]?: Contract<R> }>> = {
  'hf-chat': hfChat,
  'hf-task': hfTask,
  openai,
};

/** Null where the contract has no form for the role: the configuration refuses that pair. */
export const contractFor = <R extends Role>(name: ContractName, role: R): Contract<R> | null =>
  CONTRACTS[name][role] ?? null;
