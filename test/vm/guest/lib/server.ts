// SPDX-License-Identifier: MIT
/** An HTTP server that knows what it moved: the other end's own witness. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { atEnd } from './cleanup';

export interface CountingServer {
  readonly url: string;
  /** Bytes of all its connections; they are closed before. */
  readonly moved: () => { readonly received: bigint; readonly sent: bigint };
}

export async function countingServer(
  listener: RequestListener,
  { port = 0, host = '127.0.0.1' }: { port?: number | undefined; host?: string | undefined } = {},
): Promise<CountingServer> {
  const sockets: Socket[] = [];
  const server = createServer(listener);
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const sum = (of: 'bytesRead' | 'bytesWritten'): bigint =>
    sockets.reduce((total, socket) => total + BigInt(socket[of]), 0n);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    moved: () => {
      server.closeAllConnections();
      return { received: sum('bytesRead'), sent: sum('bytesWritten') };
    },
  };
}
