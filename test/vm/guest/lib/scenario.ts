// SPDX-License-Identifier: MIT
/** The document's server and its clients. */
import assert from 'node:assert/strict';
import { program } from './environment';
import { bound } from './net';
import { Program, outputOf } from './program';

export interface Scenario {
  pair: 'send_recv' | 'sendto_recvfrom';
  transport: 'tcp' | 'udp';
  clients: number;
}

export const sendRecv: Scenario = { pair: 'send_recv', transport: 'tcp', clients: 5 };
export const sendtoRecvfrom: Scenario = { pair: 'sendto_recvfrom', transport: 'udp', clients: 3 };

/** Runs a server, and its clients one after the other; the server's pid when it has ended. */
export async function runScenario({ pair, transport, clients }: Scenario): Promise<number> {
  const server = new Program(program(`${pair}/server.out`));
  await bound(transport, 9877);
  for (let n = 0; n < clients; n++) {
    const answer = await outputOf(program(`${pair}/client.out`));
    assert.match(answer, new RegExp(`PID *= *${server.pid}\\.\nServer message length: 35\\.`));
  }
  server.kill('SIGINT');
  const output = await server.output();
  assert.equal(output.match(/Client message length: 35\./g)?.length, clients);
  assert.match(output, /Server exited\.\n$/);
  return server.pid;
}
