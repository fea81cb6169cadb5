#include "experiments/classical_mds.hpp"

#include <Eigen/Eigenvalues>
#include <limits>

#include "kernels/portable.hpp"

namespace lamina {

ScaledPoints classical_scaling(int n, const std::vector<double>& squared, int n_dimensions) {
    LAMINA_EXPECT(n >= 2 && n_dimensions >= 1);
    LAMINA_EXPECT(squared.size() ==
                  static_cast<std::size_t>(n) * static_cast<std::size_t>(n - 1) / 2);

    // B = -1/2 J D J
    Eigen::MatrixXd b = Eigen::MatrixXd::Zero(n, n);
    std::size_t pair = 0;
    for (int i = 0; i < n; ++i)
        for (int j = i + 1; j < n; ++j) b(i, j) = b(j, i) = -0.5 * squared[pair++];
    const Eigen::VectorXd row_mean = b.rowwise().mean();
    const double mean = row_mean.mean();
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) b(i, j) += mean - row_mean(i) - row_mean(j);

    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(b); // eigenvalues rise
    const double largest = eigen.eigenvalues().cwiseAbs().maxCoeff();
    const double negligible = largest * n * std::numeric_limits<double>::epsilon();
    ScaledPoints scaled;
    scaled.points.assign(static_cast<std::size_t>(n) * static_cast<std::size_t>(n_dimensions), 0);
    double positive = 0, kept = 0;
    for (int m = 0; m < n; ++m) {
        const double lambda = eigen.eigenvalues()(n - 1 - m);
        if (!(lambda > negligible)) break;
        positive += lambda;
        if (m >= n_dimensions) continue;
        kept += lambda;
        ++scaled.n_used;

        const auto direction = eigen.eigenvectors().col(n - 1 - m);
        int top = 0;
        for (int i = 1; i < n; ++i)
            if (std::fabs(direction(i)) > std::fabs(direction(top))) top = i;
        const double length = (direction(top) < 0 ? -1 : 1) * std::sqrt(lambda);
        for (int i = 0; i < n; ++i)
            scaled.points[static_cast<std::size_t>(i) * static_cast<std::size_t>(n_dimensions) +
                          static_cast<std::size_t>(m)] = length * direction(i);
    }
    scaled.kept_inertia = positive > 0 ? kept / positive : 0;
    return scaled;
}

} // namespace lamina
