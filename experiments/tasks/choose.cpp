#include "experiments/tasks/choose.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace lamina {
namespace {

/// Squared distance from a stimulus to the nearest of the items.
double distance_to_nearest(const Stimuli& stimuli, int stimulus, const std::vector<int>& items) {
    const auto d = static_cast<std::ptrdiff_t>(stimuli.d_model);
    const double* here = stimuli.vectors.data() + stimulus * d;
    double nearest = std::numeric_limits<double>::infinity();
    for (const int item : items) {
        const double* there = stimuli.vectors.data() + item * d;
        double square = 0;
        for (std::ptrdiff_t u = 0; u < d; ++u)
            square += (here[u] - there[u]) * (here[u] - there[u]);
        nearest = std::min(nearest, square);
    }
    return nearest;
}

} // namespace

std::vector<int> choose_different(int n, int from, Draws& draws) {
    std::vector<int> all(static_cast<std::size_t>(from));
    std::iota(all.begin(), all.end(), 0);
    shuffle(all, draws, n);
    all.resize(static_cast<std::size_t>(n));
    return all;
}

std::vector<int> all_but(const std::vector<int>& these, int from) {
    std::vector<int> others;
    for (int i = 0; i < from; ++i)
        if (std::find(these.begin(), these.end(), i) == these.end()) others.push_back(i);
    return others;
}

int choose_nonmatch(const Stimuli& stimuli, const std::vector<int>& items, bool farthest,
                    Draws& draws) {
    const std::vector<int> candidates = all_but(items, stimuli.number);
    std::vector<double> distance;
    for (const int s : candidates)
        distance.push_back(farthest ? distance_to_nearest(stimuli, s, items) : 0);

    // the farthest; on a ring many are equally far but for rounding, about 1e-15
    const double largest = *std::max_element(distance.begin(), distance.end());
    std::vector<int> best;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (distance[i] >= (1 - 1e-9) * largest) best.push_back(candidates[i]);
    return best[draws.below(best.size())];
}

std::vector<std::uint8_t> right_answers(std::int64_t n, double fraction, std::uint64_t seed,
                                        std::size_t condition) {
    std::vector<std::uint8_t> answers(static_cast<std::size_t>(n), 0);
    std::fill_n(answers.begin(), std::llround(fraction * static_cast<double>(n)), 1);
    Draws draws(seed, static_cast<std::uint32_t>(condition), Stream::task, draws_of_answers);
    shuffle(answers, draws);
    return answers;
}

} // namespace lamina
