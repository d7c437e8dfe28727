// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { doctorReport } from '../format/doctor-report';

export const doctor: Command = {
  name: 'doctor',
  describe:
    'Check everything that the module needs, and print the fix for each failed check; exit with 1 if one failed',
  options: {},
  async run(_args, { api, print }) {
    const result = await api.doctor();
    print(doctorReport(result));
    return result.healthy ? 0 : 1;
  },
};
