#include "sim/spikes/listener_part.hpp"

#include <algorithm>
#include <string>

#include "sim/errors.hpp"

namespace lamina {
namespace {

class Listeners final : public ListenerPart {
  public:
    Listeners(const PartBlock& block, float quantum)
        : block_(block), quantum_(quantum), heard_(block.n) {}

    void advance(std::int64_t, std::int32_t* sums) override {
        for (std::uint32_t i = 0; i < block_.n; ++i) heard_[i] = quantum_ * float(sums[i]);
        std::fill_n(sums, block_.n, 0);
    }
    const float* heard(int population) const override {
        for (const PartRange& range : block_.ranges)
            if (range.population == population) return heard_.data() + range.first_in_block;
        throw SpecError("a population that does not listen");
    }
    void collect(std::vector<std::uint32_t>&) const override {}
    BadValue find_bad() const override { return {}; }
    void read(int, const std::string& variable, std::uint32_t, double*) const override {
        throw SpecError("listener has no variable `" + variable + "`");
    }
    // what was heard is of the last step alone
    std::size_t n_state_words() const override { return 0; }
    void save(int, std::size_t, std::uint64_t*) const override {}
    void restore(int, std::size_t, const std::uint64_t*) override {}
    ModelEpochs epochs(int) const override { return {}; }
    std::uint32_t word_of(const std::string& variable) const override {
        throw SpecError("listener has no variable `" + variable + "`");
    }

  private:
    PartBlock block_;
    float quantum_;
    std::vector<float> heard_; ///< [n places of the block]
};

} // namespace

const NeuronModelEntry& listener_entry() {
    static const NeuronModelEntry entry = {
        "listener", "keeps what arrives, never spikes", "", {"current"}, {}, {"pA"}, {}};
    return entry;
}

std::unique_ptr<NeuronPart> make_listener_part(const PartBlock& block,
                                               const std::vector<double>& quantum) {
    return std::make_unique<Listeners>(block, float(quantum.at(0)));
}

} // namespace lamina
