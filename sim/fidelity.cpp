#include "sim/fidelity.hpp"

#include <algorithm>
#include <cmath>

namespace lamina {

double relative_error(const double* x, const double* reference, std::size_t n) {
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < n; ++i) {
        difference += (x[i] - reference[i]) * (x[i] - reference[i]);
        norm += reference[i] * reference[i];
    }
    return norm == 0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(difference / norm);
}

namespace {

double cosine(const std::vector<double>& x, const std::vector<double>& y) {
    double xy = 0, xx = 0, yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += x[i] * y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
    }
    return xx == 0 || yy == 0 ? std::numeric_limits<double>::quiet_NaN() : xy / std::sqrt(xx * yy);
}

/// sum_j ref log2(ref / (a / sum a)) of one row; infinite when a vanishes where ref does not.
double kl_bits(const double* a, const double* reference, int n, double sum) {
    double bits = 0;
    for (int j = 0; j < n; ++j)
        if (reference[j] > 0) bits += reference[j] * std::log2(reference[j] * sum / a[j]);
    return bits < 0 ? 0 : bits; // negative by rounding only; NaN stays
}

} // namespace

Fidelity compare_with_reference(const ReferenceResult& reference, const std::vector<double>& a,
                                const std::vector<double>& o, const std::vector<double>& y,
                                const std::vector<double>& z) {
    const int n = reference.columns;
    Fidelity fidelity;

    // attention, row by row; rows without a key are left out
    int n_rows = 0;
    for (int row = 0; row < reference.heads * n; ++row) {
        const double* ref = reference.pattern.data() + std::size_t(row) * n;
        const double* got = a.data() + std::size_t(row) * n;
        double ref_sum = 0, sum = 0;
        for (int j = 0; j < n; ++j) {
            ref_sum += ref[j];
            sum += got[j];
        }
        if (ref_sum == 0) continue;
        ++n_rows;
        fidelity.attention_kl_bits += kl_bits(got, ref, n, sum);
        fidelity.attention_sum_error = std::max(fidelity.attention_sum_error, std::abs(sum - 1));
        // keys that tie in the reference are all its top
        const auto top = std::max_element(got, got + n) - got;
        const bool same = ref[top] >= *std::max_element(ref, ref + n) * (1 - 1e-9);
        fidelity.attention_top1_agreement += same;
    }
    fidelity.attention_kl_bits = n_rows ? fidelity.attention_kl_bits / n_rows : NAN;
    fidelity.attention_top1_agreement = n_rows ? fidelity.attention_top1_agreement / n_rows : NAN;

    // what is routed, head by head
    const int d_head = reference.d_head, width = reference.heads * d_head;
    std::vector<double> got, ref;
    for (int head = 0; head < reference.heads; ++head) {
        got.clear();
        ref.clear();
        for (int column = 0; column < n; ++column)
            for (int i = 0; i < d_head; ++i) {
                got.push_back(o[std::size_t(column) * width + head * d_head + i]);
                ref.push_back(reference.z_heads[std::size_t(column) * width + head * d_head + i]);
            }
        fidelity.o_relative_error.push_back(relative_error(got.data(), ref.data(), got.size()));
    }

    // what leaves the layer
    fidelity.y_relative_error = relative_error(y.data(), reference.sum_mid.data(), y.size());
    fidelity.output_relative_error =
        relative_error(z.data(), reference.resid_post.data(), z.size());
    fidelity.output_cosine = cosine(z, reference.resid_post);
    return fidelity;
}

SettleClock::SettleClock(const ReferenceResult& reference) : reference_(&reference) {
    const std::size_t size = std::size_t(reference.columns) * reference.columns;
    for (int head = 0; head < reference.heads; ++head) {
        double norm = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const double r = reference.pattern[head * size + i];
            norm += r * r;
        }
        bound_.push_back(norm * tolerance * tolerance);
    }
}

void SettleClock::look(const double* a, double time_ms) {
    const std::size_t size = std::size_t(reference_->columns) * reference_->columns;
    bool inside = true;
    for (std::size_t head = 0; head < bound_.size(); ++head) {
        const double* ref = reference_->pattern.data() + head * size;
        double difference = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const double d = a[head * size + i] - ref[i];
            difference += d * d;
        }
        inside = inside && difference <= bound_[head];
    }
    if (inside && !inside_) since_ms_ = time_ms;
    inside_ = inside;
}

double SettleClock::settle_time_ms() const {
    return inside_ ? since_ms_ : std::numeric_limits<double>::quiet_NaN();
}

} // namespace lamina
