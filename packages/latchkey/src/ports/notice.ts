/** Something that whoever runs Latchkey should know and that is no answer to any call: a line for the host's log. */
export interface Notice {
  readonly level: 'info' | 'warn';
  /**
   * - `limits_warning`: at start, something about how limits are counted that is probably not meant so.
   * - `limiter_out`: limits cannot be counted; said once, until it is over. `limiter_back`: it is over.
   * - `reads_warning`: lists and searches are read on the event loop, because no reading thread can be started; said once.
   */
  readonly code: 'limits_warning' | 'reads_warning' | 'limiter_out' | 'limiter_back';
  /** What it is, what it means and what to do; without any secret. */
  readonly message: string;
}

export type Notify = (notice: Notice) => void;
