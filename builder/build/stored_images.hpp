// Base images out of the store, and through transports into it.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "builder/build/executor.hpp"

namespace builder {

/// Brings an image into the store and gives its record; nothing where the text names no transport.
using ImageImporter =
    std::function<std::optional<layers::ImageRecord>(const std::string& text, const std::string& platform)>;

class StoredImages final : public BaseImages {
public:
    StoredImages(layers::Store& store, ImageImporter importer) : store_(store), importer_(std::move(importer)) {}
    StageState open(const std::string& reference, const std::string& platform) override;

private:
    layers::Store& store_;
    ImageImporter importer_;
    std::mutex mutex_;
};

}  // namespace builder
