/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends the calls of targets to the wrappers, by one ftrace_ops. */
#ifndef TRAFFIC_REDIRECT_H
#define TRAFFIC_REDIRECT_H

#include <linux/types.h>

/*
 * With @transfers, also redirects sendmsg and recvmsg; without, only splice and
 * getsockopt. Attaches all functions or none, but skips families that the
 * kernel does not have. -EBUSY: another user of ftrace redirects one of the
 * functions; the log names the function.
 */
int traffic_redirect_attach(bool transfers);

/*
 * Afterwards no new call reaches a wrapper. Calls that are in a wrapper go on:
 * see flight.h. An error means that ftrace is broken and that the module's text
 * must stay.
 */
int traffic_redirect_detach(void);

#endif
