// SPDX-License-Identifier: MIT
/** Kernels that were booted so that they refuse a module, or lack a family: test/vm/boots says with what. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { kernelIsAtLeast } from '../lib/environment';
import { isLoaded, load, unload } from '../lib/module';
import { assertMessage, lkmTraffic, packageFolder, run } from '../lib/package';
import { test } from '../lib/plan';
import { outputOf } from '../lib/program';
import { readTable, theProgram } from '../lib/proc';
import { runScenario, sendRecv } from '../lib/scenario';

const given = (argument: string): boolean =>
  readFileSync('/proc/cmdline', 'latin1').trim().split(' ').includes(argument);

/** The error that root gets, from the command and from the API. */
function refusal(argument: string, code: string, message: RegExp): void {
  if (!given(argument)) return;
  test(`${argument}: load is refused with ${code} and says why`, async () => {
    await packageFolder();
    const result = await lkmTraffic('load', '--fname=worker');
    assert.equal(result.status, 1);
    assertMessage(result, message);
    const program = await run(
      'refused.js',
      `require('lkm-traffic').monitor({ programs: ['worker'] }).catch((error) => console.log(error.code, '-', error.hint));`,
    );
    assert.match(await program.output(), new RegExp(`^${code} - .{10,}`));
    assert.equal(isLoaded(), false);
  });
}

refusal('module.sig_enforce=1', 'ERR_SIGNATURE', /sign/i);
refusal('lockdown=integrity', 'ERR_LOCKDOWN', /lockdown/i);
refusal('lockdown=confidentiality', 'ERR_LOCKDOWN', /lockdown/i);

if (given('ipv6.disable=1')) {
  for (const engine of kernelIsAtLeast(6, 3) ? ['tracepoint', 'redirect'] : ['redirect']) {
    test(`ipv6.disable=1: ${engine} counts what there is, and status shows what is not there`, async () => {
      await load({ fname: 'server.out', engine });
      const pid = await runScenario(sendRecv);
      assert.ok(pid > 0);
      const row = theProgram('server.out');
      assert.deepEqual([row['tcp_rx_bytes'], row['tcp_tx_bytes']], ['175', '175']);
      const hooks = new Map(readTable('status').map(({ key, value }) => [key, value]));
      if (engine === 'redirect') {
        assert.equal(hooks.get('hook.inet_sendmsg'), 'attached');
        assert.equal(hooks.get('hook.inet6_sendmsg'), 'absent');
      }
      await unload();
    });
  }
  test('ipv6.disable=1: status calls that healthy', async () => {
    await packageFolder();
    await load({ fname: 'server.out' });
    assert.equal((await lkmTraffic('status')).status, 0);
    assert.equal((await outputOf('cat', ['/proc/net_traffic/status'])).startsWith('net_traffic 1'), true);
  });
}
