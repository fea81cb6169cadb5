/// Rates of the two-compartment cell against the currents into soma and dendrite, with the
/// independent noise on both of Payeur et al. (2021), doi:10.1038/s41593-021-00857-x (tests/sim/
/// test_neurons_physics.cpp, which holds models/neurons/two_compartment_burst.hpp to them).
#pragma once

namespace lamina::test {

/// Events: spikes after more than 16 ms of silence; bursts: events with a second spike within 16
/// ms.
struct BurstRow {
    double I_s_pA, I_d_pA, event_Hz, burst_Hz, probability, spike_Hz;
};

/// An independent computation of the same protocol: 400 cells for 3 s, by Euler's method at 0.1 ms.
inline const BurstRow coarse_table[] = {
    {-200, 50, 1.06, 0.08, 0.075, 1.22},  {-100, 50, 2.46, 0.26, 0.107, 3.04},
    {0, 50, 4.32, 0.63, 0.146, 5.85},     {100, 50, 6.38, 1.09, 0.171, 9.23},
    {200, 50, 8.26, 1.72, 0.209, 13.14},  {400, 50, 11.79, 2.92, 0.248, 20.94},
    {0, -100, 4.49, 0.07, 0.016, 4.58},   {0, 0, 4.41, 0.29, 0.066, 5.04},
    {0, 100, 4.01, 1.20, 0.299, 7.11},    {0, 200, 3.41, 2.58, 0.758, 10.79},
    {0, 300, 3.47, 3.24, 0.932, 13.13},   {200, 0, 8.97, 0.99, 0.111, 11.35},
    {200, 100, 7.13, 2.68, 0.376, 15.41}, {200, 200, 5.41, 4.31, 0.796, 19.82},
    {200, 300, 5.06, 4.86, 0.961, 22.34}};

/// The same of the double loop at 0.01 ms, 2000 cells for 3 s; printed by test_sim "[.fine]".
constexpr double fine_s = 6000;
inline const BurstRow fine_table[] = {
    {-200, 50, 0.935, 0.0688, 0.0736, 1.072},  {-100, 50, 2.300, 0.2287, 0.0994, 2.808},
    {0, 50, 4.192, 0.5463, 0.1303, 5.510},     {100, 50, 6.239, 1.0050, 0.1611, 8.890},
    {200, 50, 8.242, 1.5603, 0.1893, 12.611},  {400, 50, 11.802, 2.8073, 0.2379, 20.568},
    {0, -100, 4.274, 0.0617, 0.0144, 4.355},   {0, 0, 4.287, 0.2445, 0.0570, 4.798},
    {0, 100, 3.938, 1.1118, 0.2823, 6.855},    {0, 200, 3.371, 2.4822, 0.7364, 10.432},
    {0, 300, 3.368, 3.1202, 0.9265, 12.788},   {200, 0, 8.944, 0.9030, 0.1010, 11.041},
    {200, 100, 7.152, 2.5365, 0.3546, 14.988}, {200, 200, 5.339, 4.2387, 0.7940, 19.605},
    {200, 300, 5.011, 4.7578, 0.9495, 22.055}};

} // namespace lamina::test
