// SPDX-License-Identifier: MIT
import type { CheckState, Diagnosis } from '../../model/api-results';
import type { Report } from './report';
import { visible, type Style } from './style';
import { formatTable } from './table';
import { countOf } from './words';

const COLUMNS = ['name', 'state', 'message', 'remedy'] as const;

export function doctorReport(diagnosis: Diagnosis): Report {
  const { checks } = diagnosis;
  return {
    type: 'doctor',
    data: diagnosis,
    csv: { columns: COLUMNS, rows: checks.map((check) => COLUMNS.map((column) => check[column])) },
    metrics: [
      {
        name: 'lkm_traffic_requirement_info',
        type: 'gauge',
        help: 'A requirement of the module, and whether it is met.',
        samples: checks.map(({ name, state }) => ({ labels: { requirement: name, state }, value: 1n })),
      },
    ],
    table: (style) => doctorText(diagnosis, style),
  };
}

function doctorText({ checks, kernel }: Diagnosis, style: Style): string {
  const { green, red, yellow } = style.colors;
  const paint: Record<CheckState, (text: string) => string> = {
    ok: green,
    failed: red,
    warning: yellow,
    unknown: yellow,
  };
  const table = formatTable(
    [{ title: 'REQUIREMENT' }, { title: '' }, { title: `ON ${visible(kernel)}`, wraps: true }],
    checks.flatMap(({ name, state, message, remedy }) => [
      [name, paint[state](state), visible(message)],
      ...(remedy === null ? [] : [remedy.split('\n').map(visible).join('\n')]),
    ]),
    style,
  );
  const failures = checks.filter(({ state }) => state === 'failed').length;
  const verdict =
    failures === 0
      ? green('All checks passed.')
      : red(`${countOf(failures, 'check')} failed. The fix is below ${failures === 1 ? 'it' : 'each'}.`);
  return `${table}\n\n${verdict}`;
}
