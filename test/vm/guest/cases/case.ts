// SPDX-License-Identifier: MIT
/** What a case of the table is. `docs/accounting.md` has the rules; each is held by the cases that cite it. */

/** Who says what the right numbers are; never the module. */
export type Witness =
  /** The program summed what its own calls returned. */
  | 'own calls'
  /** And strace, outside of it, saw the same. */
  | 'own calls, strace'
  /** And nftables counted the packets: their bytes less the headers. */
  | 'own calls, strace, nftables'
  /** Two processes or more, each of which summed its own calls. */
  | 'own calls of each'
  /** The process was killed. Its peer reports what it received, or what was gone from the queue. */
  | 'the peer';

export interface Case {
  readonly case: string;
  /** What is counted, and what is not. */
  readonly rule: string;
  /** test/programs/calls/PROGRAM.c, and which of its scenarios. */
  readonly program: string;
  readonly scenario: string;
  readonly witness: Witness;
  /** The kernel that brought what the case needs, where that is younger than the oldest one supported, and what it is. */
  readonly since?: { readonly major: number; readonly minor: number; readonly what: string };
  /** The first kernel that no longer has it. */
  readonly until?: { readonly major: number; readonly minor: number; readonly what: string };
  /** With engine=tracepoint the process is a lower bound, for this reason, and these columns stay 0. */
  readonly lowerBound?: { readonly reason: string; readonly columns: readonly string[] };
}
