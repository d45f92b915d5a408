// The names of signals, for STOPSIGNAL.
#pragma once

#include <string_view>

namespace builder {

/// Whether a text is a signal: its name in either case, with or without SIG (TERM, SIGRTMIN+3), or a number from 1 to
/// 64.
bool is_signal(std::string_view text);

}  // namespace builder
