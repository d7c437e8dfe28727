/* SPDX-License-Identifier: MIT */
/* Empty: the module's header of this name sets up logging, and the fuzzed code does not log. */
