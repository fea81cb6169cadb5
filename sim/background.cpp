#include "sim/background.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/circuits/potjans_diesmann_2014.hpp"

namespace lamina {

namespace pd = potjans_diesmann_2014;

namespace {

std::string listeners_name(std::size_t which) { return fmt::format("cells {}", which); }

double sum_of_numbers(const NetworkSpec& network, const std::string& onto) {
    double sum = 0;
    for (const ProjectionSpec& p : network.projections)
        if (onto.empty() || p.to == onto) sum += p.parameters.at("number");
    return sum;
}

NetworkOptions on_one_thread() {
    NetworkOptions options;
    options.n_threads = 1; // trials have the others
    return options;
}

} // namespace

NetworkSpec embedding(double scale, const std::vector<EmbeddedCells>& cells, double dt_ms) {
    NetworkSpec network = microcircuit(scale, MicrocircuitDrive::poisson, dt_ms);
    const std::size_t n_projections = network.projections.size();
    for (std::size_t which = 0; which < cells.size(); ++which) {
        // a neuron's input, without the constant current that stands in for what a scale leaves
        // out: what it would bring, the drive of a cell brings (RateCurve)
        const NeuronPopulationSpec& like =
            network.populations[std::size_t(cells[which].population)];
        NeuronPopulationSpec listening;
        listening.name = listeners_name(which);
        listening.model = "listener";
        listening.n = cells[which].n;
        listening.drives = like.drives;
        for (PoissonDrive& drive : listening.drives) drive.weight *= cells[which].relative_weight;
        const std::string as = like.name;
        const double each = double(cells[which].n) / like.n;
        network.populations.push_back(listening);
        for (std::size_t k = 0; k < n_projections; ++k) {
            if (network.projections[k].to != as) continue;
            ProjectionSpec p = network.projections[k];
            p.to = listeners_name(which);
            p.weight.mean *= cells[which].relative_weight;
            p.weight.sd *= cells[which].relative_weight;
            double& number = p.parameters["number"];
            number = std::round(number * each);
            network.projections.push_back(p);
        }
    }
    return network;
}

double background_synapses(double scale) {
    return sum_of_numbers(microcircuit(scale, MicrocircuitDrive::poisson), "");
}

double embedding_synapses(double scale, const EmbeddedCells& cells) {
    return sum_of_numbers(embedding(scale, {cells}, 0.1), listeners_name(0));
}

Background::Background(double scale, std::vector<EmbeddedCells> cells, double dt_ms,
                       std::uint64_t seed)
    : cells_(std::move(cells)), network_(embedding(scale, cells_, dt_ms), seed, on_one_thread()),
      first_(network_.save()) {
    for (const EmbeddedCells& one : cells_) heard_.emplace_back(one.n);
    const auto& first = network_.first_neurons();
    for (int g = 0; g < pd::n_populations; ++g)
        spiked_.emplace_back(first[std::size_t(g) + 1] - first[std::size_t(g)]);
}

void Background::start(std::uint32_t trial) {
    trial_ = trial;
    network_.begin_trial(first_, trial);
    network_.record(false);
    network_.advance(std::llround(settle_ms / network_.dt_ms()));
    network_.record(true);
    n_steps_ = 0;
    for (auto& one : heard_) std::fill(one.begin(), one.end(), 0.0f);
    for (auto& one : spiked_) std::fill(one.begin(), one.end(), std::uint8_t(0));
}

void Background::advance() {
    network_.advance(1);
    ++n_steps_;
    for (std::size_t k = 0; k < heard_.size(); ++k)
        network_.heard(std::size_t(pd::n_populations) + k, heard_[k].data());
    for (auto& one : spiked_) std::fill(one.begin(), one.end(), std::uint8_t(0));
    const auto& first = network_.first_neurons();
    for (const Spike& spike : network_.take_spikes()) {
        std::size_t g = 0;
        while (spike.neuron >= first[g + 1]) ++g;
        spiked_[g][spike.neuron - first[g]] = 1;
    }
}

void Background::go_to(std::uint32_t trial, std::int64_t n_steps) {
    if (trial != trial_ || n_steps < n_steps_) start(trial);
    while (n_steps_ < n_steps) advance();
}

std::size_t Background::bytes() const {
    std::size_t n = network_.cost().synapse_bytes;
    // neurons, and for whoever listens the sums of a step, what is heard, and places behind them
    for (const auto& one : heard_) n += 16 * one.size();
    for (const auto& one : spiked_) n += 32 * one.size();
    return n;
}

} // namespace lamina
