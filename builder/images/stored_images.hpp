// Base images out of the store, and through transports and registries into it.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "builder/engine/record/base_images.hpp"

namespace builder {

/// Gives the record of an image that a Containerfile names, bringing it into the store first where need be.
using ImageFinder = std::function<layers::ImageRecord(const std::string& text, const std::string& platform)>;

/// Each image is looked for once, however many stages name it, and different ones side by side.
class StoredImages final : public BaseImages {
public:
    StoredImages(layers::Store& store, ImageFinder finder) : store_(store), finder_(std::move(finder)) {}
    StageState open(const std::string& reference, const std::string& platform) override;

private:
    layers::ImageRecord find(const std::string& reference, const std::string& platform);

    layers::Store& store_;
    ImageFinder finder_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, std::shared_future<layers::ImageRecord>> found_;
};

}  // namespace builder
