/** Where the records of gates lie. Either method may reject; then nobody knows what was kept. */
export interface GateStore {
  /** What is kept under the key, null for nothing, and the store's own time. */
  readonly read: (key: string) => Promise<{ readonly kept: string | null; readonly nowMs: number }>;
  /** Keeps `next` if `kept` is still what lies there; false: it is not. Atomic. */
  readonly swap: (key: string, kept: string | null, next: string) => Promise<boolean>;
}
