#include "models/recall/von_mises.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/portable.hpp"

namespace lamina {

std::vector<double> scaled_bessel_i(double x, int n) {
    LAMINA_EXPECT(x >= 0 && n >= 1);
    std::vector<double> out(static_cast<std::size_t>(n), 0);
    if (x < 1e-300) {
        out[0] = 1;
        return out;
    }
    // I_k / I_0 is about exp(-k^2 / 2x), and for x < k below (x / 2)^k / k!
    const int top = n + 20 + static_cast<int>(10 * std::sqrt(x));
    double above = 0, here = 1e-300, sum = 0;
    for (int k = top; k >= 1; --k) {
        sum += 2 * here;
        if (k < n) out[static_cast<std::size_t>(k)] = here;
        const double below = above + 2 * k / x * here;
        above = here;
        here = below;
        if (here < 1e250) continue;
        // all terms share one factor, taken out before it overflows
        here *= 1e-250, above *= 1e-250, sum *= 1e-250;
        for (int i = k; i < n; ++i) out[static_cast<std::size_t>(i)] *= 1e-250;
    }
    out[0] = here;
    sum += here;
    for (double& value : out) value /= sum;
    return out;
}

std::vector<double> von_mises_moments(double kappa, int n) {
    std::vector<double> moments = scaled_bessel_i(kappa, n);
    const double zeroth = moments[0];
    for (double& moment : moments) moment /= zeroth;
    return moments;
}

} // namespace lamina
