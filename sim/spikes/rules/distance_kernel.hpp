/// The probability of a synapse falls with the distance of two neurons; a pair has one at most.
///
///     gaussian_kernel       p(d) = probability exp(-d^2 / (2 width^2))
///     exponential_kernel    p(d) = probability exp(-d / width)
///
/// Neurons stand evenly in one periodic space of `extent` mm: neuron i of n at (i + 1/2) extent / n
/// on a ring (1 dimension), or row by row in the squares of a grid with ceil(sqrt n) of them on a
/// side (2 dimensions), where the last squares stay empty when n is no square. d is the shortest
/// way around, also between populations of different size.
#pragma once

#include <algorithm>
#include <cmath>

#include "sim/spikes/rules/rule.hpp"

namespace lamina {

struct GaussianKernel {
    /// -ln of what is left of the probability at distance d.
    static double decline(double d_squared, double width) {
        return d_squared / (2 * width * width);
    }
};
struct ExponentialKernel {
    static double decline(double d_squared, double width) { return std::sqrt(d_squared) / width; }
};

/// The places of a population's neurons, seen from a point.
class KernelSpace {
  public:
    KernelSpace(std::uint32_t n, int dimensions, double extent)
        : n_(n), columns_(dimensions == 1 ? n : side_of(n)), extent_(extent),
          step_(extent / columns_), rows_lie_apart_(dimensions == 2) {}

    struct Point {
        double x, y;
    };
    Point at(std::uint32_t i) const {
        return {(i % columns_ + 0.5) * step_, rows_lie_apart_ ? (i / columns_ + 0.5) * step_ : 0};
    }
    double distance_squared(Point a, std::uint32_t i) const {
        const Point b = at(i);
        return squared(around(a.x - b.x)) + squared(around(a.y - b.y));
    }
    /// The end of a run of neighbours in one row of the grid, which begins with neuron i.
    std::uint32_t run_end(std::uint32_t i) const {
        constexpr std::uint32_t longest = 64; // long enough to be skipped, short enough to be one
        return std::min({n_, i + longest, (i / columns_ + 1) * columns_});
    }
    /// No neuron of the run is nearer.
    double least_distance_squared(Point a, std::uint32_t begin, std::uint32_t end) const {
        const Point first = at(begin);
        const double half_run = 0.5 * step_ * (end - begin - 1),
                     from_middle = std::fabs(around(a.x - first.x - half_run));
        return squared(std::max(0.0, from_middle - half_run)) + squared(around(a.y - first.y));
    }

  private:
    static std::uint32_t side_of(std::uint32_t n) {
        return static_cast<std::uint32_t>(std::ceil(std::sqrt(double(n))));
    }
    static double squared(double x) { return x * x; }
    /// The shortest way, with its sign.
    double around(double x) const { return x - extent_ * std::round(x / extent_); }

    std::uint32_t n_, columns_;
    double extent_, step_;
    bool rows_lie_apart_;
};

template <class Kernel> class DistanceKernel final : public Connector {
  public:
    DistanceKernel(const ProjectionSpec& spec, const WiringPlace& place)
        : place_(place), p_(rule_parameter(spec, "probability", 0, 1)),
          width_mm_(rule_parameter(spec, "width", 1e-9, 1e9)),
          sources_(place.n_from, dimensions_of(spec), extent_of(spec)),
          targets_(place.n_to, dimensions_of(spec), extent_of(spec)) {}

    /// Runs of neighbours have one bound of their probability. Between two candidates lies an
    /// exponential amount of -ln(1 - bound), summed over neurons (word 0); a candidate is taken
    /// with its own probability over the bound (word 3). So far runs cost a bound and no word.
    void targets(std::uint32_t source, RowWords& words,
                 std::vector<std::uint32_t>& out) const override {
        out.clear();
        std::size_t k = 0; // candidates before
        const auto amount = [&] { return -std::log((words.of(0, k + 1)[k] + 0.5) * 0x1p-32); };
        double left = amount();
        const auto from = sources_.at(source);
        for (std::uint32_t begin = 0, end; begin < place_.n_to; begin = end) {
            end = targets_.run_end(begin);
            const double bound = p(targets_.least_distance_squared(from, begin, end));
            const double each = -std::log1p(-bound);
            for (std::uint32_t i = begin; i < end; ++i) {
                const double skipped = std::floor(left / each);
                if (!(skipped < end - i)) {
                    left = std::max(0.0, left - (end - i) * each);
                    break;
                }
                i += static_cast<std::uint32_t>(skipped);
                const double share = (words.of(3, k + 1)[k] + 0.5) * 0x1p-32;
                if (share * bound < p(targets_.distance_squared(from, i)) &&
                    !(place_.not_itself && i == source))
                    out.push_back(i);
                ++k;
                left = amount();
            }
        }
    }

    /// The mean number of synapses of one source.
    double expected(std::uint32_t source) const {
        const auto from = sources_.at(source);
        double sum = 0;
        for (std::uint32_t i = 0; i < place_.n_to; ++i)
            if (!(place_.not_itself && i == source)) sum += p(targets_.distance_squared(from, i));
        return sum;
    }

  private:
    static int dimensions_of(const ProjectionSpec& spec) {
        return static_cast<int>(rule_whole_parameter(spec, "dimensions", 1, 2));
    }
    static double extent_of(const ProjectionSpec& spec) {
        return rule_parameter(spec, "extent", 1e-9, 1e9);
    }
    double p(double distance_squared) const {
        return p_ * std::exp(-Kernel::decline(distance_squared, width_mm_));
    }

    WiringPlace place_;
    double p_, width_mm_;
    KernelSpace sources_, targets_;
};

/// Of all sources, of which at most 16 are asked: on a grid they differ by what its edges lack.
template <class Kernel>
double expected_by_distance(const ProjectionSpec& spec, double n_from, double n_to) {
    constexpr std::uint32_t most_asked = 16;
    const auto n = static_cast<std::uint32_t>(n_from);
    const WiringPlace place{
        0, 0, n, static_cast<std::uint32_t>(n_to), spec.from == spec.to && !spec.autapses, 1};
    if (place.n_from == 0 || place.n_to == 0) return 0;
    for (const char* name : {"probability", "width", "extent", "dimensions"})
        if (spec.parameters.count(name) == 0) return 0; // the rule will complain
    const DistanceKernel<Kernel> rule(spec, place);
    const std::uint32_t asked = std::min(n, most_asked);
    double sum = 0;
    for (std::uint32_t k = 0; k < asked; ++k)
        sum += rule.expected(static_cast<std::uint32_t>(std::uint64_t(k) * n / asked));
    return sum * n / asked;
}

} // namespace lamina
