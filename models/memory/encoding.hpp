/// Encoding under load: how strongly each of several items is written (docs/model.md, "Working
/// memory and decision").
///
///     tau_g da_m/dt = -a_m + D_m^n / (sigma^n + P^n),    tau_p dP/dt = -P + sum_m D_m
///
/// The items compete in the gates of the encoding area, whose PV cells pool first and raise to a
/// power afterwards. L equal unit drives give a = 1 / (sigma^n + L^n) at the fixed point. Nothing
/// else in the memory knows the load.
///
/// Source: the pooled, powered divisive normalisation of Carandini & Heeger (2012),
/// doi:10.1038/nrn3136, here as the PV loop of inhibition pv_divisive.
#pragma once

#include <vector>

namespace lamina {

struct EncodingParameters {
    double n = 1.5;     ///< exponent, > 0
    double sigma_n = 2; ///< sigma^n, >= 0
    double counts = 18; ///< C: expected counts of an item are C a
    double tau_gate_ms = 5;
    double tau_PV_ms = 2.7;
};

/// The gates at the end of a sample that starts from rest (a = 0, P = 0).
///
/// P has a closed form; each gate relaxes exponentially over one step towards its target at the
/// step's middle, so the error is of second order in dt.
/// @param drive      [items] D >= 0, constant over the sample
/// @param sample_ms  length of the sample, >= 0
/// @param dt_ms      longest step taken, > 0
/// @return           [items] a, dimensionless
std::vector<double> encoding_gates(const std::vector<double>& drive, double sample_ms, double dt_ms,
                                   const EncodingParameters&);

} // namespace lamina
