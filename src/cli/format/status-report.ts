// SPDX-License-Identifier: MIT
import type { ModuleStatus, Status } from '../../model/api-results';
import { programsCsv } from './csv';
import { infoMetric, programMetrics } from './metrics';
import type { Metric } from './prometheus';
import type { Report } from './report';
import { visible, type Style } from './style';
import { formatTable } from './table';
import { countOf, ownerTitle, programTitle, watchHistory, whatIsCounted, whatNext } from './words';

export function statusReport(status: Status): Report {
  return {
    type: 'status',
    data: status,
    csv: programsCsv(status.programs),
    metrics: metrics(status),
    table: (style) => statusText(status, style),
  };
}

function metrics({ healthy, loaded, problems, module, programs }: Status): Metric[] {
  const gauge = (name: string, help: string, value: bigint): Metric => ({
    name,
    type: 'gauge',
    help,
    samples: [{ labels: {}, value }],
  });
  const found = [
    gauge('lkm_traffic_up', '1 if the module is loaded and has no problem.', healthy ? 1n : 0n),
    gauge('lkm_traffic_loaded', '1 if the module is loaded.', loaded ? 1n : 0n),
    gauge('lkm_traffic_problems', 'Number of problems that lkm-traffic status lists.', BigInt(problems.length)),
  ];
  if (module === null) return found;
  return [
    ...found,
    infoMetric(module),
    gauge('lkm_traffic_sessions', 'Open sessions.', BigInt(module.sessions)),
    {
      name: 'lkm_traffic_allocations_failed_total',
      type: 'counter',
      help: 'Memory allocations that failed in the module.',
      samples: [{ labels: {}, value: module.allocationsFailed }],
    },
    {
      name: 'lkm_traffic_hook_attached',
      type: 'gauge',
      help: '1 if a hook is attached; hooks that the kernel lacks or the engine does not need are left out.',
      samples: module.hooks
        .filter(({ state }) => state !== 'absent')
        .map(({ name, state }) => ({ labels: { hook: name }, value: state === 'attached' ? 1n : 0n })),
    },
    ...programMetrics(programs),
  ];
}

function statusText({ loaded, problems, module, programs }: Status, style: Style): string {
  const { bold, green, red } = style.colors;
  const parts: string[] = [];
  if (module === null) {
    if (!loaded) return 'The net_traffic module is not loaded.\nTo load it: lkm-traffic load --fname=NAME';
    parts.push('A module net_traffic is loaded.');
  } else {
    parts.push(
      `net_traffic ${visible(module.version)} is loaded; state: ${module.state}, engine: ${visible(module.engine)}.\n${whatIsCounted(module.families)}`,
      programs.length === 0
        ? whatNext({ programs })
        : formatTable(
            [{ title: 'WATCHED' }, { title: 'FOR' }, { title: '' }],
            programs.map((program) => [programTitle(program), ownerTitle(program.owner), watchHistory(program)]),
            style,
          ),
      formatTable(
        [{ title: 'HOOK' }, { title: '' }],
        module.hooks.map(({ name, state }) => [visible(name), state]),
        style,
      ),
      numbers(module),
    );
  }
  parts.push(
    problems.length === 0
      ? green('No problems.')
      : problems
          .map(
            ({ code, message, hint }) =>
              `${red(bold('Problem:'))} ${message} [${code}]${hint === null ? '' : `\n  ${hint.replaceAll('\n', '\n  ')}`}`,
          )
          .join('\n'),
  );
  return parts.join('\n\n');
}

function numbers(module: ModuleStatus): string {
  return [
    `${countOf(module.recordsRunning, 'process', 'processes')} running, ${module.recordsEnded} ended ones listed (at most ${module.history}), ${module.evicted} no longer listed.`,
    `${module.sessions} of ${module.sessionsMax} sessions, ${module.watches} of ${module.watchesMax} watches, ${module.inFlight} calls in flight.`,
  ].join('\n');
}
