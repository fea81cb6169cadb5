/// record.variables: state variables of the first neurons of a population, sampled while it runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/circuits/activity.hpp"
#include "sim/spikes/network.hpp"

namespace lamina {

/// What can be recorded of a population: the variables of its model, and u and x where it has
/// synapses with a dynamics. Empty for a population that the network does not have.
std::vector<std::string> variables_of(const NetworkSpec&, const std::string& population);

class VariableRecorder {
  public:
    /// Entries that the network does not have are left out: check_spec has told about them.
    VariableRecorder(const ExperimentSpec&, const NetworkSpec&);
    std::vector<Probe> probes() const { return probes_; }
    /// Appends what lies in the recorded time.
    void take(const std::vector<ProbeSamples>&);
    std::vector<SampledVariable> samples() { return std::move(samples_); }

  private:
    std::vector<Probe> probes_;
    std::vector<SampledVariable> samples_; ///< one per probe
    std::int64_t discarded_;
    double dt_ms_;
};

} // namespace lamina
