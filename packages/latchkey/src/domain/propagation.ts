/** How far a change has reached among the nodes. */
export interface Propagation {
  /** Nodes that have applied it, this one included. */
  readonly applied: number;
  /** Nodes that did not say so, and whose leases have run out: they answer nothing from memory before they have applied it. */
  readonly lapsed: number;
  /**
   * Nodes, by id, of which neither is known: where the caller did not want to wait. `unknown` stands for all, where the store could
   * not be asked who they are: repeat the change once it can, which waits for what is still to come.
   */
  readonly pending: readonly string[];
}
