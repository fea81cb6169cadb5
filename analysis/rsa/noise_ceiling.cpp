#include "analysis/rsa/noise_ceiling.hpp"

#include <algorithm>
#include <limits>

namespace lamina::analysis {

int MeasuredRdms::n_subjects() const {
    return subject.empty() ? 0 : 1 + *std::max_element(subject.begin(), subject.end());
}

Rdm pooled(RdmMeasure measure, const std::vector<ComparableRdm>& rdms,
           const std::vector<double>& times, const PairCounts& counts) {
    Rdm sum(rdms.front().values().size(), 0);
    double n = 0;
    for (std::size_t k = 0; k < rdms.size(); ++k) {
        const double often = times.empty() ? 1 : times[k];
        if (often == 0) continue;
        n += often;
        const Rdm part = rdms[k].poolable(measure, counts);
        for (std::size_t pair = 0; pair < sum.size(); ++pair) sum[pair] += often * part[pair];
    }
    for (double& x : sum) x /= n;
    return sum;
}

NoiseCeiling noise_ceiling(RdmMeasure measure, const MeasuredRdms& measured,
                           bool whole_subjects_left_out) {
    const std::vector<ComparableRdm>& rdms = measured.rdms;
    const double n = double(rdms.size());
    const ComparableRdm all(pooled(measure, rdms));
    NoiseCeiling ceiling{0, 0};
    for (std::size_t k = 0; k < rdms.size(); ++k) {
        ceiling.upper += compare(measure, all, rdms[k]) / n;
        std::vector<double> others;
        for (std::size_t j = 0; j < rdms.size(); ++j)
            others.push_back(whole_subjects_left_out ? measured.subject[j] != measured.subject[k]
                                                     : j != k);
        const bool nobody = std::count(others.begin(), others.end(), 1.0) == 0;
        ceiling.lower +=
            nobody ? std::numeric_limits<double>::quiet_NaN()
                   : compare(measure, ComparableRdm(pooled(measure, rdms, others)), rdms[k]) / n;
    }
    return ceiling;
}

} // namespace lamina::analysis
