/* SPDX-License-Identifier: MIT */
/* The module's own header of this name says how it logs; nothing that is fuzzed does. */
