// The cipher of encrypted layers (ocicrypt): AES-256-CTR, and an HMAC-SHA256 over what comes out.
#pragma once

#include <memory>
#include <string>

#include "runtime/base/stream.hpp"

namespace registry {

/// What opens one layer. Each layer has its own.
struct LayerSecret {
    std::string key;    ///< 32 bytes
    std::string nonce;  ///< 16 bytes

    static LayerSecret random();
};

/// Encrypts what is written and passes it on.
class EncryptingSink final : public runtime::Sink {
public:
    using Sink::write;
    /// The sink outlives it.
    EncryptingSink(runtime::Sink& out, const LayerSecret& secret);
    ~EncryptingSink() override;
    void write(runtime::Bytes bytes) override;
    /// The HMAC of all that was passed on. Once, last.
    std::string finish();

private:
    class State;
    runtime::Sink& out_;
    std::unique_ptr<State> state_;
};

/// Decrypts all of a source into a sink. Throws Error where the HMAC is another one: then nothing that was written may
/// be used.
void decrypt_layer(runtime::Source& in, runtime::Sink& out, const LayerSecret& secret, const std::string& hmac);

}  // namespace registry
