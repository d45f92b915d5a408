#include "registry/http/retry.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <random>

#include "registry/curl_library.hpp"

namespace registry {
namespace {

using std::chrono::milliseconds;

double random_part() {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.5, 1.0)(engine);
}

}  // namespace

Retry::Retry(const RetryRules& rules, const runtime::StopSource& stop, const Notice& notice)
    : rules_(rules), stop_(stop), notice_(notice), start_(std::chrono::steady_clock::now()) {}

void Retry::note_progress() {
    retries_ = failed_connects_ = 0;
    has_progressed_ = true;
    start_ = std::chrono::steady_clock::now();
}

milliseconds Retry::next_delay() {
    const auto doubled = rules_.first_delay * (1LL << std::min(retries_, 16U));
    const auto longest = std::min<std::chrono::milliseconds>(doubled, rules_.longest_delay);
    return milliseconds(static_cast<std::int64_t>(static_cast<double>(longest.count()) * random_part()));
}

bool Retry::wait(std::string_view reason, std::optional<std::chrono::seconds> asked_delay) {
    // "At once" is not meant again and again till the deadline.
    const milliseconds delay = asked_delay && asked_delay->count() > 0 ? milliseconds(*asked_delay) : next_delay();
    const auto waited = std::chrono::steady_clock::now() - start_;
    if (rules_.most_retries ? retries_ >= *rules_.most_retries : waited + delay > rules_.deadline) return false;
    if (rules_.most_retries && delay > rules_.deadline) return false;
    ++retries_;
    if (notice_)
        notice_(fmt::format("{}; trying again in {:.1f} s", reason, static_cast<double>(delay.count()) / 1000));
    pollfd poll{stop_.descriptor().get(), POLLIN, 0};
    ::poll(&poll, 1, static_cast<int>(delay.count()));
    stop_.throw_if_stopped();
    return true;
}

bool Retry::wait_after(const ConnectionError& error) {
    if (!error.may_pass) return false;
    if (error.is_answered) return wait(error.full_message(), error.asked_delay);
    // One that is started in a minute is waited for with --retry.
    if (error.is_nobody_here && !rules_.most_retries && !has_progressed_) return false;
    ++failed_connects_;
    if (!rules_.most_retries && !has_progressed_ && failed_connects_ > rules_.most_connects) return false;
    return wait(error.full_message());
}

bool may_succeed_later(long status) noexcept {
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::optional<std::chrono::seconds> retry_after(const HttpHeaders& headers) {
    constexpr std::uint64_t longest_seconds = 24 * 60 * 60;
    if (const auto seconds = headers.find_number("Retry-After"))
        return std::chrono::seconds(std::min(*seconds, longest_seconds));
    const auto text = headers.find("Retry-After");
    if (!text) return std::nullopt;
    const time_t date = curl_library().getdate(text->c_str(), nullptr);
    if (date < 0) return std::nullopt;
    return std::chrono::seconds(std::max<time_t>(date - ::time(nullptr), 0));
}

}  // namespace registry
