// SPDX-License-Identifier: MIT
/** The table of cases for families=inet,unix,packet,vsock. */
import type { Case } from './case';

const own = { program: 'families', witness: 'own calls' } as const;

export const families: readonly Case[] = [
  {
    case: 'AF_UNIX stream: send, sendmsg, write; recv, read, MSG_PEEK, MSG_WAITALL',
    rule: 'as unix: the bytes accepted and delivered; a peek, EAGAIN and the end of the stream count nothing',
    scenario: 'unix-stream',
    ...own,
  },
  {
    case: 'AF_UNIX datagrams: cut, MSG_TRUNC, empty, by name',
    rule: 'as unix: what the call returned; an empty datagram is one message',
    scenario: 'unix-datagrams',
    ...own,
  },
  { case: 'AF_UNIX seqpacket', rule: 'as unix', scenario: 'unix-packets', ...own },
  { case: 'AF_UNIX: splice both ways, of each type', rule: 'as unix, once', scenario: 'unix-splice', ...own },
  { case: 'AF_UNIX: sendfile', rule: 'as unix, once', scenario: 'unix-sendfile', ...own },
  { case: 'AF_UNIX: MSG_OOB', rule: 'its byte once', scenario: 'unix-urgent', ...own },
  {
    case: 'AF_UNIX: SCM_RIGHTS',
    rule: 'the byte that carries the descriptor; the descriptor itself counts nothing',
    scenario: 'unix-rights',
    program: 'families',
    witness: 'own calls of each',
  },
  { case: 'AF_PACKET on lo, SOCK_DGRAM', rule: 'as packet, without the header', scenario: 'packet-datagrams', ...own },
  { case: 'AF_PACKET on lo, SOCK_RAW', rule: 'as packet, with the header', scenario: 'packet-frames', ...own },
  { case: 'AF_PACKET on lo, SOCK_PACKET', rule: 'as packet, with the header', scenario: 'packet-old', ...own },
  {
    case: 'AF_VSOCK stream to the local CID, splice both ways',
    rule: 'as vsock, at both ends',
    scenario: 'vsock-stream',
    ...own,
  },
  { case: 'AF_VSOCK seqpacket', rule: 'as vsock: what the call returned', scenario: 'vsock-packets', ...own },
  { case: 'all families in one process', rule: 'each family in its own columns', scenario: 'together', ...own },
];
