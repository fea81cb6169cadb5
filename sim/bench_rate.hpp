/// How fast this machine runs a rate area: the attention step against the processor's peak, and the
/// exponential relaxation against steppers of Boost.Odeint. All in one process and one thread,
/// contestants in turn; a figure is the least time over many windows.
#pragma once

#include <string>
#include <vector>

#include "sim/area_spec.hpp"
#include "sim/bench_timing.hpp"

namespace lamina {

/// Fused multiply-adds between registers, nothing else.
struct PeakSpeed {
    Precision precision = Precision::float64;
    double GFLOP_per_s = 0;
};

/// One step of one head with dynamic gates: scores, PV, exponential and gate of every pair,
/// routing. FLOP are counted for the two products only, 4 N^2 d_head; everything is timed.
struct GateStepSpeed {
    Precision precision = Precision::float64;
    int n_columns = 0, d_head = 0;
    Timing blocked;   ///< a block of rows through all stages (kernels/cpu/attention_step.hpp), as
                      ///< Area does it
    Timing in_stages; ///< the three stages one after the other over all rows, for comparison
    Timing area;      ///< Area::advance of the whole column, one head, d_model = d_head
    double blocked_GFLOP_per_s = 0, in_stages_GFLOP_per_s = 0;
    double blocked_percent_of_peak = 0, in_stages_percent_of_peak = 0;
    double worst_row_sum = 0; ///< largest |sum_j a_ij - 1| once the gates have settled
};

/// n independent lags tau dx/dt = u - x over one step.
struct RelaxationSpeed {
    int n_variables = 0;
    /// Per variable and step, float64, constant input, one array, as odeint's steppers read it and
    /// as Area runs v, k and q.
    double exponential_ns = 0;
    /// The same with an input linear in time, its value at both ends of the step in two arrays: as
    /// Area runs o, y, f, z and the pools after them.
    double exponential_linear_ns = 0;
    double exponential_float32_ns = 0;
    double rk4_ns = 0, dopri5_ns = 0; ///< odeint on std::vector<double>; dopri5 controlled at 1e-6
    double rk4_over_exponential = 0, dopri5_over_exponential = 0;
    /// odeint's time, with constant input here too, over that of two arrays.
    double rk4_over_linear = 0, dopri5_over_linear = 0;
    /// Largest error after one time constant, relative to the largest |x|.
    double exponential_error = 0, rk4_error = 0, dopri5_error = 0;
};

struct RateBenchmark {
    std::string instructions; ///< "avx512", "avx2", "plain"
    int n_windows = 0;
    double window_s = 0;
    std::vector<PeakSpeed> peaks;
    std::vector<GateStepSpeed> steps;
    RelaxationSpeed relaxation;
};

/// @param quick  a few seconds instead of about half a minute
RateBenchmark bench_rate(bool quick);

/// The relaxation part alone.
RelaxationSpeed bench_relaxation(int n_windows, double window_s);

} // namespace lamina
