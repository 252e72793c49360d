import type { StackPorts } from '../../local/config.ts';

export const ANY_FREE_PORTS: StackPorts = {
  temporal: 0,
  temporalUi: 0,
  s3: 0,
  postgres: 0,
  inference: 0,
  health: 0,
  gateway: 0,
};
