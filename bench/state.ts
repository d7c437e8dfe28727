// SPDX-License-Identifier: MIT
/** A way to watch a workload. */
export interface State {
  readonly name: string;
  readonly ours: boolean;
  /** What a user would type. */
  readonly command: string;
  /** The name that the workload is started under: whether it is the one that is watched. */
  readonly as: 'target' | 'bystander';
  /** It makes the workload so much slower that a part of it will do. */
  readonly slow?: boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** What is put before the workload's command. */
  readonly prefix?: readonly string[];
  /** Workloads that it cannot be measured with. */
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

/** Words as a shell takes them. */
export const shell = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
