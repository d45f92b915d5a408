// A few threads that take tasks in the order they come.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace runtime {

/// Threads start with the first task. The destructor waits for the tasks that were given. Where not one thread can be
/// started, the caller does its task itself.
class WorkerPool {
public:
    explicit WorkerPool(unsigned threads) : most_threads_(threads) {}
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// The future has the result, or the exception.
    template <typename Task>
    auto submit(Task task) -> std::future<std::invoke_result_t<Task>> {
        auto packaged = std::make_shared<std::packaged_task<std::invoke_result_t<Task>()>>(std::move(task));
        auto result = packaged->get_future();
        enqueue([packaged] { (*packaged)(); });
        return result;
    }

private:
    void enqueue(std::function<void()> task);
    void start_thread();
    void work();

    unsigned most_threads_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    std::vector<std::thread> threads_;
    unsigned idle_ = 0;
    bool ends_ = false;
};

}  // namespace runtime
