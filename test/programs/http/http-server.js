#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Answers every request with the number of bytes that its path asks for, until SIGTERM. Port: $PORT.
'use strict';
const http = require('node:http');

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(Buffer.alloc(Number(request.url.slice(1)))));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => server.close());
