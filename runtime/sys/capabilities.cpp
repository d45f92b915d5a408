#include "runtime/sys/capabilities.hpp"

#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace runtime {
namespace {

constexpr CapabilitySet bit(unsigned number) noexcept {
    return CapabilitySet{1} << number;
}

}  // namespace

CapabilitySet default_capabilities() {
    return bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID) | bit(CAP_KILL) |
           bit(CAP_NET_BIND_SERVICE) | bit(CAP_SETFCAP) | bit(CAP_SETGID) | bit(CAP_SETPCAP) | bit(CAP_SETUID) |
           bit(CAP_SYS_CHROOT);
}

namespace {}  // namespace

CapabilitySet capability(std::string_view name) {
    std::string lower = in_lower_case(name);
    if (lower == "all" || lower == "cap_all") return all_capabilities();
    if (!lower.starts_with("cap_")) lower = "cap_" + lower;
    cap_value_t value = 0;
    if (::cap_from_name(lower.c_str(), &value) != 0)
        throw Error("\"{}\": unknown capability", in_upper_case(lower)).with_hint("capabilities(7) lists the names");
    return bit(static_cast<unsigned>(value));
}

std::vector<std::string> capability_names(CapabilitySet set) {
    std::vector<std::string> names;
    for (unsigned number = 0; number < 64; ++number) {
        if ((set & bit(number)) == 0) continue;
        const std::unique_ptr<char, decltype(&::cap_free)> name(::cap_to_name(static_cast<cap_value_t>(number)),
                                                                &::cap_free);
        std::string text = in_upper_case(name ? name.get() : fmt::format("cap_{}", number));
        names.push_back(std::move(text));
    }
    std::sort(names.begin(), names.end());
    return names;
}

CapabilitySet all_capabilities() {
    CapabilitySet all = 0;
    for (unsigned number = 0; number < 64 && ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number)
        all |= bit(number);
    return all;
}

CapabilitySet bounding_capabilities() {
    CapabilitySet set = 0;
    for (unsigned number = 0; number < 64; ++number) {
        const int present = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
        if (present < 0) break;
        if (present == 1) set |= bit(number);
    }
    return set;
}

CapabilitySet effective_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) throw SystemError("cannot read the capabilities");
    return data[0].effective | CapabilitySet{data[1].effective} << 32;
}

void limit_bounding_set(CapabilitySet keep) {
    for (unsigned number = 0; number < 64; ++number) {
        if ((keep & bit(number)) != 0) continue;
        const int present = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
        if (present < 0) break;
        if (present == 1 && ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0)
            throw SystemError("cannot drop capability {} from the bounding set", number);
    }
}

void set_capabilities(CapabilitySet keep) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    for (std::size_t word = 0; word < data.size(); ++word)
        data[word].effective = data[word].permitted = static_cast<std::uint32_t>(keep >> (32 * word));
    if (::syscall(SYS_capset, &header, data.data()) != 0) throw SystemError("cannot set the capabilities");
}

}  // namespace runtime
