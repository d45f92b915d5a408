// An HTTP server for tests that gives the answers it was told to give, one a request, and keeps the requests.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/fd.hpp"

namespace test {

class ScriptedServer {
public:
    /// Answers are sent as they are. After one without "Content-Length" the connection is closed.
    explicit ScriptedServer(std::vector<std::string> answers, const char* address = "127.0.0.1")
        : answers_(std::move(answers)), address_(address), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        ::inet_pton(AF_INET, address, &name.sin_addr);
        socklen_t size = sizeof name;
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&name), size) != 0 ||
            ::listen(listener_.get(), 16) != 0 ||
            ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0)
            throw runtime::SystemError("cannot listen at {}", address);
        port_ = ntohs(name.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ends_ = true;
        thread_.join();
    }

    std::string url(const std::string& path = "/") const {
        return fmt::format("http://{}:{}{}", address_, port_, path);
    }
    /// Head and body of each request.
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::string request(std::size_t index) { return requests().at(index); }

private:
    bool is_readable(int fd) const {
        while (!ends_) {
            pollfd poll{fd, POLLIN, 0};
            if (::poll(&poll, 1, 20) > 0) return true;
        }
        return false;
    }

    void serve() {
        while (is_readable(listener_.get())) {
            const runtime::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            while (connection && answer_one(connection.get())) {
            }
        }
    }

    /// Whether the connection stays open.
    bool answer_one(int connection) {
        std::string request;
        std::size_t whole = std::string::npos;
        while (request.size() < whole) {
            char buffer[4096];
            if (!is_readable(connection)) return false;
            const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
            if (count <= 0) return false;
            request.append(buffer, static_cast<std::size_t>(count));
            const std::size_t end = request.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            const std::size_t length = request.find("Content-Length: ");
            whole = end + 4 + (length < end ? std::stoul(request.substr(length + 16)) : 0);
        }
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (requests_.size() > answers_.size()) return false;
        const std::string& answer = answers_[requests_.size() - 1];
        for (std::size_t sent = 0; sent < answer.size();) {
            const ssize_t count = ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return false;
            sent += static_cast<std::size_t>(count);
        }
        return answer.find("Content-Length") != std::string::npos && answer.find("truncated") == std::string::npos;
    }

    std::vector<std::string> answers_;
    std::string address_;
    runtime::Fd listener_;
    unsigned port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

}  // namespace test
