/// Degrees and radians, for an analysis, which sees no models.
#pragma once

namespace lamina::analysis {

constexpr double pi = 3.14159265358979323846;
constexpr double rad_per_deg = pi / 180;

} // namespace lamina::analysis
