// SPDX-License-Identifier: MIT
/** A method that watches a workload. */
export interface State {
  readonly name: string;
  readonly ours: boolean;
  /** The command that a user would type. */
  readonly command: string;
  /** The name under which the workload starts: the watched name (target), or another (bystander). */
  readonly as: 'target' | 'bystander';
  /** True if the method makes the workload so slow that a tenth of the operations has to be enough. */
  readonly slow?: boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Words put before the workload's command. */
  readonly prefix?: readonly string[];
  /** Workloads that cannot be measured with this method. */
  readonly without?: readonly string[];
}

export const nothing: State = {
  name: 'nothing',
  ours: false,
  command: '',
  as: 'target',
  begin: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

/** Quotes words for a shell. */
export const shell = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
