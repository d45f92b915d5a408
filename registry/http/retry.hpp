// When to try again, and how long to wait before.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "registry/http/http_client.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

struct RetryRules {
    /// At most so many retries without progress between them; nothing: till the deadline.
    std::optional<unsigned> most_retries = std::nullopt;
    std::chrono::milliseconds first_delay{500};  ///< doubled each time, up to the longest
    std::chrono::milliseconds longest_delay{20'000};
    /// Since the last progress.
    std::chrono::milliseconds deadline{90'000};
    /// A host that cannot be reached at all is tried so often only, where most_retries says nothing else.
    unsigned most_connects = 3;
};

/// One sentence for the user.
using Notice = std::function<void(std::string_view)>;

/// The tries of one piece of work. Delays are spread at random, so that many clients do not come back at once.
class Retry {
public:
    Retry(const RetryRules& rules, const runtime::StopSource& stop, const Notice& notice);

    /// Starts the count and the clock anew.
    void note_progress();
    /// Waits and returns true, or returns false where it is time to give up. `asked_delay` is what the server asked for
    /// (Retry-After). Throws Error when the program is to stop.
    bool wait(std::string_view reason, std::optional<std::chrono::seconds> asked_delay = std::nullopt);
    /// The same for a connection that failed.
    bool wait_after(const ConnectionError& error);

private:
    std::chrono::milliseconds next_delay();

    const RetryRules& rules_;
    const runtime::StopSource& stop_;
    const Notice& notice_;
    unsigned retries_ = 0;
    unsigned failed_connects_ = 0;
    bool has_progressed_ = false;
    std::chrono::steady_clock::time_point start_;
};

/// Whether an answer says that the same request may succeed later: 408, 429, 500, 502, 503, 504.
bool may_succeed_later(long status) noexcept;

/// Retry-After in seconds, or till a date. RFC 9110, section 10.2.3.
std::optional<std::chrono::seconds> retry_after(const HttpHeaders& headers);

}  // namespace registry
