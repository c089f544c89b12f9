/** How far a change that takes authority away has reached: how many nodes have applied it, or let their lease lapse. */
export interface Propagation {
  readonly applied: number;
  readonly lapsed: number;
  /** Nodes of which it is not known. */
  readonly pending: readonly string[];
}
