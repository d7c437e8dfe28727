# SPDX-License-Identifier: MIT
# First file: the patterns. Second: a kernel log. Prints each hit with its context; exits 1 if there is one.

BEGIN { allow = ENVIRON["ALLOW"]; before = 3; after = 30 }

FNR == 1 { file++ }

file == 1 {
  if ($0 !~ /^(#|$)/) any = any (any == "" ? "" : "|") "(" $0 ")"
  next
}

{ sub(/\r$/, ""); line[FNR] = $0; last = FNR }

# A WARN or BUG is one thing, though several of its lines match.
/------------\[ cut here \]------------/ { block = FNR }
block { member[FNR] = block }
allow != "" && $0 ~ allow { allowed[FNR] = 1; if (block) allowed[block] = 1; expected = FNR + 4 }
# dump_stack() has no block: the trace belongs to the line before it.
/Call Trace:/ && FNR <= expected { allowed[FNR] = 1 }
/---\[ end trace / { block = 0 }

END {
  stamp = "^(\\[ *[0-9]+\\.[0-9]+\\](\\[ *[TC][0-9]+\\])? )?"
  any = stamp "(" any ")"
  for (i = 1; i <= last; i++) {
    if (line[i] !~ any || i in allowed || (i in member && member[i] in allowed)) continue
    hits++
    for (j = i - before; j <= i + after && j <= last; j++) show[j] = show[j] ? show[j] : 1
    show[i] = 2
  }
  for (i = 1; i <= last; i++) {
    if (!show[i]) { gap = 1; continue }
    if (gap && shown) print "  --"
    gap = 0; shown = 1
    print (show[i] == 2 ? "! " : "  ") line[i]
  }
  exit hits > 0
}
