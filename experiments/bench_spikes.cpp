#include "experiments/bench_spikes.hpp"

#include <fmt/format.h>

#include "experiments/bench_history.hpp"

namespace lamina {
namespace {

const char* drive_word(MicrocircuitDrive drive) {
    return drive == MicrocircuitDrive::dc ? "dc" : "poisson";
}

bool is_microcircuit(const NetworkBenchmark& b) { return b.options.network == "microcircuit"; }

const char* title(const NetworkBenchmark& b) {
    for (const BenchNetwork& network : bench_networks())
        if (b.options.network == network.name) return network.title;
    return "";
}

bool on_device(const NetworkBenchmark& b) { return b.options.device.kind != Device::cpu; }

/// Where the time went on this processor.
std::string stage_lines(const NetworkBenchmark& b) {
    const NetworkCost& c = b.cost;
    std::string out;
    out += fmt::format("  delivery                    {:>9}   ns per synaptic event\n",
                       c.n_events > 0 ? fmt::format("{:.3f}", b.ns_per_event()) : "-");
    out +=
        fmt::format("    scatter from cache        {:9.3f}   ns: what this machine does at best\n",
                    b.ceilings.scatter_ns);
    out += fmt::format("  neurons and external spikes {:9.3f}   ns per neuron and step\n",
                       b.ns_per_neuron_step());
    out +=
        fmt::format("  waiting for other threads   {:9.3f}   core-seconds per biological second\n",
                    c.wait_s / b.options.seconds);
    out += fmt::format("  synapses streamed           {:9.2f}   GB/s, of a copy's {:.1f} GB/s\n",
                       double(c.n_events) * b.bytes_per_synapse() / b.wall_s * 1e-9,
                       b.ceilings.copy_GB_per_s);
    return out;
}

/// What a device did as a whole: its stages overlap.
std::string device_lines(const NetworkBenchmark& b) {
    const NetworkCost& c = b.cost;
    return fmt::format("  step                        {:9.3f}   us\n"
                       "  synaptic events             {:9.3f}   ns each, all in all\n"
                       "  device memory               {:9.3f}   GB; {}\n",
                       b.wall_s / double(c.n_steps) * 1e6,
                       b.wall_s / double(std::max<std::uint64_t>(c.n_events, 1)) * 1e9,
                       double(c.device_bytes) * 1e-9, c.device_path);
}

} // namespace

std::string bench_network_table(const NetworkBenchmark& b) {
    const NetworkCost& c = b.cost;
    std::string out = fmt::format(
        "{}, scale {:g}: {} neurons, {} synapses, dt 0.1 ms\n"
        "{}{} thread{}, {:g} s after {:g} s; {} delivery\n\n",
        title(b), b.options.scale, c.n_neurons, c.n_synapses,
        is_microcircuit(b) ? fmt::format("{} drive, ", drive_word(b.options.drive)) : "",
        b.options.n_threads, b.options.n_threads == 1 ? "" : "s", b.options.seconds,
        b.options.discard_s,
        on_device(b) ? describe(b.options.device) + "; ring"
                     : std::string(c.ring ? "ring" : "due-time"));
    out += fmt::format("  real-time factor            {:9.3f}   wall time per biological time\n",
                       b.real_time_factor());
    out +=
        fmt::format("  processor time              {:9.3f}   core-seconds per biological second\n",
                    b.cpu_s / b.options.seconds);
    out += on_device(b) ? device_lines(b) : stage_lines(b);
    out +=
        fmt::format("  memory                      {:9.3f}   bytes per synapse; peak {:.2f} GB\n",
                    b.bytes_per_synapse(), double(peak_rss_bytes()) * 1e-9);
    out += fmt::format("  build                       {:9.2f}   s\n\n  rates (Hz)", c.build_s);
    for (std::size_t g = 0; g < b.rates_Hz.size(); ++g)
        out += fmt::format("  {} {:.3f}", b.populations[g], b.rates_Hz[g]);
    out += "\n  spikes " + b.spike_hash + "\n";
    if (c.n_spikes == 0 && is_microcircuit(b))
        out += "\nNo neuron spiked, so there is nothing to deliver: a small circuit needs "
               "--drive poisson.\n";
    return out;
}

nlohmann::ordered_json bench_network_json(const NetworkBenchmark& b) {
    nlohmann::ordered_json rates;
    for (std::size_t g = 0; g < b.rates_Hz.size(); ++g) rates[b.populations[g]] = b.rates_Hz[g];
    nlohmann::ordered_json json = {
        {"benchmark", b.options.network},
        {"real_time_factor", b.real_time_factor()},
        {"cpu_seconds_per_biological_second", b.cpu_s / b.options.seconds},
        {"bytes_per_synapse", b.bytes_per_synapse()},
        {"peak_rss_bytes", peak_rss_bytes()},
        {"build_seconds", b.cost.build_s},
        {"spike_hash", b.spike_hash},
        {"rates_Hz", rates},
        {"neurons", b.cost.n_neurons},
        {"synapses", b.cost.n_synapses},
        {"synaptic_events", b.cost.n_events},
        {"threads", b.options.n_threads},
        {"scale", b.options.scale},
        {"seconds", b.options.seconds},
        {"seed", b.options.seed}};
    if (is_microcircuit(b)) json["drive"] = drive_word(b.options.drive);
    json["device"] = describe(b.options.device);
    if (on_device(b)) { // its stages overlap: an event's share of the whole, and none of a neuron's
        json["ns_per_synaptic_event"] = b.wall_s / double(b.cost.n_events) * 1e9;
        json["ns_per_neuron_step"] = nullptr;
        json["device_bytes"] = b.cost.device_bytes;
        json["device_path"] = b.cost.device_path;
        return json;
    }
    json["ns_per_synaptic_event"] = b.ns_per_event();
    json["ns_per_neuron_step"] = b.ns_per_neuron_step();
    json["wait_seconds_per_biological_second"] = b.cost.wait_s / b.options.seconds;
    json["delivery"] = b.cost.ring ? "ring" : "due_time";
    json["scatter_ceiling_ns"] = b.ceilings.scatter_ns;
    json["copy_ceiling_GB_per_s"] = b.ceilings.copy_GB_per_s;
    return json;
}

std::string bench_delivery_table(const DeliveryBenchmark& b) {
    return fmt::format(
        "microcircuit, scale {:g}, Poisson drive, {} thread{}; medians of {} windows of 50 ms\n\n"
        "  due-time  {:7.3f} ns per synaptic event\n"
        "  ring      {:7.3f} ns, {:.2f} times as much\n"
        "  the spikes are {}\n",
        b.scale, b.n_threads, b.n_threads == 1 ? "" : "s", b.n_windows, b.due_time_ns, b.ring_ns,
        b.ring_ns / b.due_time_ns, b.same_spikes ? "the same" : "NOT the same");
}

nlohmann::ordered_json bench_delivery_json(const DeliveryBenchmark& b) {
    return {{"benchmark", "delivery"},
            {"due_time_ns_per_synaptic_event", b.due_time_ns},
            {"ring_ns_per_synaptic_event", b.ring_ns},
            {"ring_over_due_time", b.ring_ns / b.due_time_ns},
            {"same_spikes", b.same_spikes},
            {"windows", b.n_windows},
            {"threads", b.n_threads},
            {"scale", b.scale}};
}

std::string bench_build_table(const BuildBenchmark& b) {
    const double per_synapse = 1e9 / double(b.n_synapses);
    return fmt::format("microcircuit, scale {:g}, {} thread{}, built {} times\n\n"
                       "  {} synapses, {:.3f} bytes each\n"
                       "  least   {:7.3f} s, {:6.2f} ns per synapse\n"
                       "  median  {:7.3f} s, {:6.2f} ns per synapse\n",
                       b.scale, b.n_threads, b.n_threads == 1 ? "" : "s", b.n_builds, b.n_synapses,
                       double(b.bytes) / double(b.n_synapses), b.least_s, b.least_s * per_synapse,
                       b.median_s, b.median_s * per_synapse);
}

nlohmann::ordered_json bench_build_json(const BuildBenchmark& b) {
    return {{"benchmark", "build"},
            {"build_seconds", b.median_s},
            {"build_seconds_least", b.least_s},
            {"synapses", b.n_synapses},
            {"bytes_per_synapse", double(b.bytes) / double(b.n_synapses)},
            {"builds", b.n_builds},
            {"threads", b.n_threads},
            {"scale", b.scale}};
}

std::string bench_update_table(const UpdateBenchmark& b) {
    std::string out =
        fmt::format("4096 neurons without input, one thread; least of {} windows, ns per "
                    "neuron and step\n\n{:<24}{:>10}{:>10}\n",
                    b.n_windows, "", "float32", "float64");
    for (const UpdateSpeed& speed : b.models)
        out += fmt::format("  {:<22}{:>10.3f}{:>10.3f}\n", speed.model, speed.float32_ns,
                           speed.float64_ns);
    return out;
}

nlohmann::ordered_json bench_update_json(const UpdateBenchmark& b) {
    nlohmann::ordered_json json = {{"benchmark", "update"}, {"windows", b.n_windows}};
    for (const UpdateSpeed& speed : b.models)
        json["ns_per_neuron_step"][speed.model] = {{"float32", speed.float32_ns},
                                                   {"float64", speed.float64_ns}};
    return json;
}

} // namespace lamina
