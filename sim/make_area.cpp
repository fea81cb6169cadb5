/// The rules an area must obey, and its making.
#include <fmt/format.h>

#include "models/catalogue.hpp"
#include "sim/area_of.hpp"
#include "sim/errors.hpp"
#include "sim/spiking_area.hpp"

namespace lamina {
namespace {

void check_sizes(const AreaSpec& spec, const AttentionWeights& w) {
    if (spec.columns < 1 || spec.heads < 1 || spec.d_model < 1 || spec.d_head < 1 || spec.d_ff < 0)
        throw SpecError("columns, heads, d_model and d_head must be at least 1, d_ff at least 0");
    if (w.heads != spec.heads || w.d_model != spec.d_model || w.d_head != spec.d_head ||
        w.d_ff != spec.d_ff)
        throw SpecError(fmt::format("the weights are for heads {}, d_model {}, d_head {}, d_ff {}; "
                                    "the column has {}, {}, {}, {}",
                                    w.heads, w.d_model, w.d_head, w.d_ff, spec.heads, spec.d_model,
                                    spec.d_head, spec.d_ff));
    const std::size_t D = w.d_model, W = std::size_t(w.heads) * w.d_head, F = w.d_ff;
    const bool complete = w.W_Q.size() == W * D && w.W_K.size() == W * D && w.W_V.size() == W * D &&
                          w.b_Q.size() == W && w.b_K.size() == W && w.b_V.size() == W &&
                          w.W_O.size() == D * W && w.b_O.size() == D && w.W_1.size() == F * D &&
                          w.b_1.size() == F && w.W_2.size() == D * F &&
                          (F == 0 || w.b_2.size() == D);
    if (!complete) throw SpecError("the weights' arrays do not have the sizes they claim");
    if (spec.norm != Norm::none &&
        (w.g_1.size() != D || w.beta_1.size() != D || w.g_2.size() != D || w.beta_2.size() != D))
        throw SpecError(
            "norm pre and post need g_1, beta_1, g_2 and beta_2 of d_model values each");
}

void check_positive(const AreaSpec& spec) {
    const TauSpec& t = spec.tau;
    for (const auto& [name, tau_ms] : {std::pair{"L4I", t.L4I_ms},
                                       {"L4E", t.L4E_ms},
                                       {"L23E", t.L23E_ms},
                                       {"L5apical", t.L5apical_ms},
                                       {"SST", t.SST_ms},
                                       {"gate", t.gate_ms},
                                       {"PV", t.PV_ms},
                                       {"L5E", t.L5E_ms},
                                       {"L6E", t.L6E_ms},
                                       {"L6I", t.L6I_ms},
                                       {"L23mlp", t.L23mlp_ms},
                                       {"interneuron", t.interneuron_ms}})
        if (!(tau_ms > 0))
            throw SpecError(fmt::format("tau.{} = {} ms must be positive", name, tau_ms));
    if (!(spec.dt_ms > 0)) throw SpecError(fmt::format("dt = {} ms must be positive", spec.dt_ms));
    if (!(spec.dale_balance >= 0)) throw SpecError("dale_balance cannot be negative");
    if (!(spec.gate_max > 0)) throw SpecError("gate_max must be positive");
    if (!(t.PV_lag_ms >= 0) || !(spec.PV_delay_ms >= 0))
        throw SpecError("the PV lag and the PV delay cannot be negative");
    if (spec.noise.fine_steps < 1) throw SpecError("noise.fine_steps must be at least 1");
    for (const RhythmSpec* rhythm : {&spec.oscillation.gamma, &spec.oscillation.beta}) {
        if (!spec.oscillation.imposed) break;
        if (!(rhythm->frequency_Hz > 0)) throw SpecError("a rhythm's frequency must be positive");
        if (!(rhythm->depth >= 0 && rhythm->depth <= 1) ||
            !(rhythm->duty >= 0 && rhythm->duty <= 1))
            throw SpecError("a rhythm's depth and duty must lie between 0 and 1");
    }
}

void check_combination(const AreaSpec& spec, bool has_loop) {
    const NoiseSpec& n = spec.noise;
    const bool noisy = n.L4E > 0 || n.L23E > 0 || n.L5apical > 0 || n.gate > 0 || n.PV > 0 ||
                       n.L5E > 0 || n.L6E > 0 || n.L23mlp > 0;
    if (spec.integrator != Integrator::exponential && spec.PV_delay_ms > 0)
        throw SpecError(
            "a PV delay needs the past, which an ordinary differential equation does not "
            "have; use integrator: exponential, or a PV lag");
    if (noisy && spec.integrator != Integrator::exponential && spec.integrator != Integrator::euler)
        throw SpecError("rk4, dopri5 and rosenbrock4 assume a smooth right-hand side and lose "
                        "their order with noise; use integrator: exponential, or euler (Euler and "
                        "Maruyama)");
    if (spec.integrator == Integrator::rosenbrock4) {
        const std::size_t n = AreaLayout(spec).size;
        if (n > most_rosenbrock_variables)
            throw SpecError(fmt::format("rosenbrock4 takes at most {} variables; this area has {}",
                                        most_rosenbrock_variables, n));
        if (spec.precision != Precision::float64)
            throw SpecError("rosenbrock4 computes in double; use precision: float64");
    }
    if (n.PV > 0 && !has_loop)
        throw SpecError(
            fmt::format("inhibition '{}' has no PV population to be noisy; set noise.PV to 0",
                        spec.inhibition));
}

} // namespace

std::unique_ptr<Area> make_area(const AreaSpec& spec, const AttentionWeights& weights,
                                std::uint64_t seed, const Device& device) {
    check_sizes(spec, weights);
    check_positive(spec);
    bool has_loop = true;
    with_model(Inhibitions{}, spec.inhibition,
               [&](auto tag) { has_loop = decltype(tag)::type::has_loop; });
    check_combination(spec, has_loop);
    if (spec.spiking.on) return std::make_unique<SpikingArea>(spec, weights, seed, device);
    if (device.kind != Device::cpu)
        throw DeviceError("an area of rates is on a device with others, as a batch");
    if (spec.precision == Precision::float32)
        return std::make_unique<AreaOf<float>>(spec, weights, seed);
    return std::make_unique<AreaOf<double>>(spec, weights, seed);
}

} // namespace lamina
