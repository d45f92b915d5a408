#include "runtime/base/worker_pool.hpp"

#include <system_error>

namespace runtime {

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::enqueue(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (idle_ <= tasks_.size() && threads_.size() < most_threads_) start_thread();
        if (!threads_.empty()) {
            tasks_.push_back(std::move(task));
            changed_.notify_one();
            return;
        }
    }
    task();
}

/// Where the machine gives no more threads, those that there are do it all.
void WorkerPool::start_thread() {
    try {
        threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
    }
}

void WorkerPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [this] { return ends_ || !tasks_.empty(); });
        --idle_;
        if (tasks_.empty()) return;
        const std::function<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

}  // namespace runtime
