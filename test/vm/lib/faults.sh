# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The statuses with which run speaks of itself and not of the command. 124 and 125 are what timeout(1)
# and env(1) mean by them; 126, 127 and 128+signal stay the command's.
# shellcheck disable=SC2034
fault_splat=119
fault_no_boot=120
fault_panic=121
fault_no_verdict=122
fault_malformed=123
fault_timeout=124
fault_harness=125
