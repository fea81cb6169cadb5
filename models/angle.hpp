/// Degrees and radians: files and reports are in degrees, the mathematics in radians.
#pragma once

namespace lamina {

constexpr double pi = 3.14159265358979323846;
constexpr double rad_per_deg = pi / 180;
constexpr double deg_per_rad = 180 / pi;

} // namespace lamina
