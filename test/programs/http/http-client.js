#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// http-client.js PORT COUNT SENT RECEIVED: COUNT requests that send and get so many bytes, one after the other.
'use strict';
const http = require('node:http');

const [port, count, sent, received] = process.argv.slice(2).map(Number);

const request = () =>
  new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method: 'POST', path: `/${received}`, agent: false };
    const call = http.request(options, (response) => response.resume().on('end', resolve));
    call.on('error', reject).end(Buffer.alloc(sent));
  });

(async () => {
  for (let i = 0; i < count; i += 1) await request();
})();
