/// The emulated devices: the kernels of a graphics processor on this one.
#include "kernels/emulated/exec.hpp"
#include "sim/backend_of.hpp"

namespace lamina {
namespace {

class EmulatedBackend final : public BackendOf<Emulated> {
  public:
    EmulatedBackend() : BackendOf(CeilingSizes::tiny()) {}
    std::string lacks() const override { return ""; }
    std::uint64_t n_devices() const override { return ~std::uint64_t(0); } // one for every seed
    std::string name_of(std::uint64_t) const override { return ""; }
};

} // namespace

const Backend& emulated_backend() {
    static const EmulatedBackend backend;
    return backend;
}

} // namespace lamina
