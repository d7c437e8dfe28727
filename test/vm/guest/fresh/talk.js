#!/usr/local/bin/node
// SPDX-License-Identifier: MIT
// Sends itself 1,234 bytes, and ends when they have come.
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (message) => {
  if (message.length !== 1234) throw new Error(`${message.length} bytes came`);
  socket.close();
});
socket.bind(0, '127.0.0.1', () => socket.send(Buffer.alloc(1234), socket.address().port, '127.0.0.1'));
