/* SPDX-License-Identifier: GPL-2.0-only */
/* One ftrace_ops that sends the calls of targets to the wrappers. */
#ifndef TRAFFIC_REDIRECT_H
#define TRAFFIC_REDIRECT_H

#include <linux/types.h>

/*
 * @transfers: also sendmsg and recvmsg, not only splice. All or nothing, but
 * for families that the kernel does not have. -EBUSY: another user of ftrace
 * redirects one of the functions; the log names it.
 */
int traffic_redirect_attach(bool transfers);

/*
 * Afterwards no new call comes to a wrapper; those in flight do not end before
 * they return. An error means that ftrace is broken and the text must stay.
 */
int traffic_redirect_detach(void);

#endif
