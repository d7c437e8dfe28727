// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { doctorReport } from '../format/doctor-report';

export const doctor: Command = {
  name: 'doctor',
  describe: 'Each requirement, whether it holds, and the command that mends it; exit status 0 when none fails',
  options: {},
  async run(_args, { api, print }) {
    const result = await api.doctor();
    print(doctorReport(result));
    return result.healthy ? 0 : 1;
  },
};
