// Where a call passes: whether it goes on, fails, or is the last one of its process.
#pragma once

#include <stddef.h>

#include "tests/faults/shim/fault_plan.h"

enum fault_verdict { verdict_pass, verdict_fail, verdict_kill };

/// Counts the call and says what becomes of it; for verdict_fail, errno is set. `what` may be null.
enum fault_verdict fault_point(enum fault_kind kind, const char* call, const char* what);
/// The same for a call on a descriptor.
enum fault_verdict fault_point_of(enum fault_kind kind, const char* call, int descriptor);
/// After the call: does not come back where it was the last one. Keeps errno.
void fault_after(enum fault_verdict verdict);
/// How much of a write is done: half of it where the process is killed in it.
size_t fault_share(enum fault_verdict verdict, size_t bytes);
