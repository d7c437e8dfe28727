// SPDX-License-Identifier: MIT
import { checkConflicts } from '../module/parameters';
import { countersOf, readFlows, readParameters, readPrograms, readStatus } from '../read/files';
import type { Control } from '../system/control';
import type { Host } from '../system/host';
import { now } from '../util/time';
import { FlowLedger } from './flow-ledger';
import { Ledger } from './ledger';
import { openSession } from './open-session';
import { releaseModule } from './release-module';
import type { Sampler } from './session';

export interface BeginOptions {
  readonly families: readonly string[];
  readonly engine?: 'tracepoint' | 'redirect' | undefined;
  readonly ko?: string | undefined;
  readonly history: number;
  /** Whether to read flows too. */
  readonly flows: boolean;
  /** Aborting it stops the preparations and undoes them. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a session in the module, which is loaded if need be, and returns its sampler. `watch` sends the commands that
 * select the processes to count. If anything fails, everything is undone.
 */
export async function openSampler(
  host: Host,
  { families, engine, ko, history, flows, signal }: BeginOptions,
  watch: (control: Control) => void,
): Promise<Sampler> {
  const { control, owner } = await openSession(host, { families, engine, ko }, signal);
  try {
    checkConflicts({ families, engine }, readParameters(host));
    const status = await readStatus(host);
    signal?.throwIfAborted();
    watch(control);
    const ledger = new Ledger(owner, history);
    return samplerOf(host, control, ledger, flows ? new FlowLedger() : null, status);
  } catch (error) {
    control.close();
    await releaseModule(host);
    throw error;
  }
}

function samplerOf(
  host: Host,
  control: Control,
  ledger: Ledger,
  flowLedger: FlowLedger | null,
  { families, engine }: { readonly families: readonly string[]; readonly engine: string },
): Sampler {
  let clearThrough: bigint | null = null;
  const readProcesses = countersOf(host);
  return {
    async sample() {
      const flows = flowLedger ? await readFlows(host) : [];
      const programs = await readPrograms(host);
      const processes = await readProcesses();
      const changes = ledger.update(processes, programs);
      clearThrough = changes.clearThrough;
      const view = ledger.view();
      flowLedger?.update(flows, processes.filter(ledger.owns), view.processes);
      const withWhom = flowLedger?.view(view.processes, view.total.total);
      return { ...changes, snapshot: { takenAt: now(), families, engine, ...view, ...withWhom } };
    },
    acknowledge() {
      if (clearThrough !== null) control.write(`clear ${clearThrough}`);
    },
    async end() {
      control.close();
      await releaseModule(host);
    },
  };
}
