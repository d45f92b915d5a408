#include "layers/store/prune_plan.hpp"

#include <limits>
#include <set>
#include <tuple>

namespace layers {
namespace {

constexpr std::int64_t day_seconds = 24 * 60 * 60;

class Planner {
public:
    Planner(StoreContents contents, const PruneLimits& limits, const PruneFilter& filter)
        : contents_(std::move(contents)),
          limits_(limits),
          filter_(filter),
          standing_on_(contents_.candidates.size(), 0) {
        for (std::size_t i = 0; i < contents_.candidates.size(); ++i) {
            const Prunable& one = contents_.candidates[i];
            for (const std::size_t below : one.made_on) ++standing_on_[below];
            if (one.kind == Prunable::Kind::step)
                for (const std::int64_t layer : one.layers) step_of_[layer] = i;
        }
        for (std::size_t i = 0; i < contents_.candidates.size(); ++i) add_if_ready(i);
    }

    PrunePlan plan() {
        take_old();
        while (needs_room() && !ready_.empty()) take(ready_.begin()->second);
        plan_.kept_bytes = contents_.total_bytes - plan_.freed_bytes;
        return std::move(plan_);
    }

private:
    /// The smallest goes first. What was used on one day counts as equally old. Of two that are alike the later one
    /// goes: others were perhaps made out of the earlier.
    using Rank = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
    Rank rank(const Prunable& one) const { return {one.last_used / day_seconds, one.took_ms, -one.number}; }

    bool is_ready(std::size_t index) const {
        const Prunable& one = contents_.candidates[index];
        if (filter_ && !filter_(one)) return false;
        if (one.kind != Prunable::Kind::step) return true;
        const StoreContents::Layer& layer = contents_.layers.at(one.layers.front());
        return standing_on_[index] == 0 && layer.images == 0 && !layer.is_held;
    }

    void add_if_ready(std::size_t index) {
        if (is_ready(index)) ready_.insert({rank(contents_.candidates[index]), index});
    }

    void take_old() {
        const std::int64_t since = limits_.has_any()
                                       ? limits_.unused_since.value_or(std::numeric_limits<std::int64_t>::min())
                                       : std::numeric_limits<std::int64_t>::max();
        // What is taken may make others ready, which are looked at in the next round.
        for (bool has_taken = true; has_taken;) {
            has_taken = false;
            const auto now = ready_;
            for (const auto& [rank, index] : now) {
                if (contents_.candidates[index].last_used >= since) continue;
                take(index);
                has_taken = true;
            }
        }
    }

    bool needs_room() const {
        return (limits_.keep_bytes && contents_.total_bytes - plan_.freed_bytes > *limits_.keep_bytes) ||
               (limits_.min_free_bytes && contents_.free_bytes + plan_.freed_bytes < *limits_.min_free_bytes);
    }

    void take(std::size_t index) {
        Prunable& one = contents_.candidates[index];
        ready_.erase({rank(one), index});
        for (const std::int64_t layer : one.layers) one.bytes += give_up(one.kind, layer);
        for (const std::size_t below : one.made_on)
            if (--standing_on_[below] == 0) add_if_ready(below);
        plan_.freed_bytes += one.bytes;
        plan_.removed.push_back(one);
    }

    /// The bytes that come free with it.
    std::int64_t give_up(Prunable::Kind kind, std::int64_t number) {
        StoreContents::Layer& layer = contents_.layers.at(number);
        if (kind == Prunable::Kind::step)
            layer.is_cached = false;
        else
            --layer.images;
        if (layer.images > 0 || layer.is_held) return 0;
        if (!layer.is_cached) return layer.bytes;
        if (const auto step = step_of_.find(number); step != step_of_.end()) add_if_ready(step->second);
        return 0;
    }

    StoreContents contents_;
    const PruneLimits& limits_;
    const PruneFilter& filter_;
    std::vector<unsigned> standing_on_;  ///< by candidate: how many steps that stay were made on it
    std::map<std::int64_t, std::size_t> step_of_;
    std::set<std::pair<Rank, std::size_t>> ready_;
    PrunePlan plan_;
};

}  // namespace

PrunePlan plan_prune(StoreContents contents, const PruneLimits& limits, const PruneFilter& filter) {
    return Planner(std::move(contents), limits, filter).plan();
}

}  // namespace layers
