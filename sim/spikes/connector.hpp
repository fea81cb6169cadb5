/// Rules of wiring, each seen from one source: whom does it reach?
///
/// Seen so, every source's synapses can be drawn by any thread at any time: the words of synapse k
/// of a source are philox(seed, trial = source, Stream::synapses, item = k, step = projection), of
/// which word 0 is the rule's, 1 the weight's, 2 the delay's, 3 the rule's where it needs a second.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/synapse_row.hpp"
#include "sim/spikes/network_spec.hpp"

namespace lamina {

/// The random words of one source in one projection, drawn as far as they are asked for.
class RowWords {
  public:
    void start(std::uint64_t seed, std::uint32_t source, std::uint32_t projection);
    /// Word k (0..3) of synapses 0 .. n - 1; valid until the next call.
    const std::uint32_t* of(int k, std::size_t n);

  private:
    std::uint64_t seed_ = 0;
    std::uint32_t source_ = 0, projection_ = 0;
    std::size_t n_ready_ = 0;
    std::vector<std::uint32_t> words_[4];
};

/// What a rule is told of the projection it wires.
struct WiringPlace {
    std::uint64_t seed;
    std::uint32_t projection; ///< number in the network
    std::uint32_t n_from, n_to;
    bool not_itself; ///< a neuron of this projection does not reach itself
    int n_threads;
    double dt_ms = 0.1;

    /// Whom a source can choose from, numbered without a gap, and the target behind a number.
    std::uint32_t n_choices() const { return n_to - (not_itself ? 1 : 0); }
    std::uint32_t target(std::uint32_t choice, std::uint32_t source) const {
        return choice + (not_itself && choice >= source ? 1 : 0);
    }
};

struct Connector {
    virtual ~Connector() = default;
    /// Targets, 0 .. n_to - 1, of source number `source` of its population, synapse by synapse. The
    /// words have been started for it.
    virtual void targets(std::uint32_t source, RowWords&, std::vector<std::uint32_t>&) const = 0;
    /// Weights and delays of the same synapses in these units, from a rule that has its own; false:
    /// the projection's law is drawn.
    virtual bool given_weights(std::uint32_t, double, float*) const { return false; }
    virtual bool given_delays(std::uint32_t, double, float*) const { return false; }
};

/// One line per rule.
struct ConnectionRule {
    const char *name, *summary;
    std::vector<const char*> parameters;
    /// How many synapses it makes, or makes on average.
    double (*expected)(const ProjectionSpec&, double n_from, double n_to);
    std::unique_ptr<Connector> (*make)(const ProjectionSpec&, const WiringPlace&);
};
const std::vector<ConnectionRule>& connection_rules();

/// @throws SpecError when no rule has this name, or a parameter is missing or out of range
std::unique_ptr<Connector> make_connector(const ProjectionSpec&, const WiringPlace&);

/// Synapses of a projection, or their mean number; 0 for an unknown rule.
double expected_synapses(const ProjectionSpec&, double n_from, double n_to);

/// Between which ends the weights and delays of a projection lie, of its laws or its table.
struct ValueEnds {
    double smallest, largest;
};
ValueEnds weight_ends(const ProjectionSpec&);
ValueEnds delay_ends_ms(const ProjectionSpec&);
constexpr std::uint32_t longest_delay_steps = most_delay_steps; ///< that can be built

/// floor(word n / 2^32): 0 .. n - 1, each within n 2^-32 of equally likely.
inline std::uint32_t below(std::uint32_t word, std::uint32_t n) {
    return static_cast<std::uint32_t>((std::uint64_t(word) * n) >> 32);
}

} // namespace lamina
