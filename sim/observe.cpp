#include "sim/observe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/errors.hpp"
#include "sim/run_file/not_known.hpp"

namespace lamina {

namespace {

std::size_t index_of_symbol(const AreaView& area, const std::string& symbol) {
    const auto& populations = area.populations();
    for (std::size_t i = 0; i < populations.size(); ++i)
        if (populations[i].symbol == symbol) return i;
    throw SpecError("the area has no population '" + symbol + "'");
}

std::size_t n_units_of(const PopulationInfo& population) {
    std::size_t units = 1;
    for (int n : population.shape) units *= std::size_t(n);
    return units;
}

/// The columns to which a population's units belong: unit i to i / inner % n.
struct ColumnAxis {
    std::size_t inner = 1, n = 1;
    explicit ColumnAxis(const PopulationInfo& population) : inner(n_units_of(population)) {
        for (std::size_t axis = 0; axis < population.shape.size(); ++axis) {
            inner /= std::size_t(population.shape[axis]);
            if (population.dims[axis] != "column" && population.dims[axis] != "query") continue;
            n = std::size_t(population.shape[axis]);
            break;
        }
    }
    /// Holds its column something, or reads out? When none does, all are at rest and count.
    bool counts(std::size_t unit, const std::vector<char>& active, std::ptrdiff_t n_active) const {
        return n == 1 || n_active == 0 || active[unit / inner % n];
    }
};

} // namespace

Observer::Observer(const RunPlan& plan, const AreaView& area, const Trial& trial)
    : plan_(plan), trial_(trial), a_(index_of_symbol(area, "a")), p_(index_of_symbol(area, "p")),
      o_(index_of_symbol(area, "o")), y_(index_of_symbol(area, "y")),
      z_(area.index_of("output")), // with norm post, LN_2 of the population whose symbol is z
      log_normaliser_(std::size_t(plan.area->heads) * plan.area->columns) {
    for (const auto& population : area.populations()) buffers_.emplace_back(n_units_of(population));
}

void Observer::present(const Segment& segment) {
    masked_ = segment.masked;
    if (masked_.empty()) masked_.assign(std::size_t(plan_.area->columns), 0);
    active_.clear();
    for (std::size_t column = 0; column < masked_.size(); ++column)
        active_.push_back(!masked_[column]);
    n_active_ = std::count(active_.begin(), active_.end(), true);
    if (n_active_ > 0 && trial_.asks) active_[std::size_t(trial_.question.column)] = true;
    segment_ = &segment;
    reference_.reset();
}

const ReferenceResult& Observer::reference() {
    if (!reference_)
        reference_ =
            reference_block(*plan_.area, *plan_.weights, segment_->x,
                            segment_->c.empty() ? segment_->x : segment_->c, segment_->masked);
    return *reference_;
}

void Observer::look(const AreaView& area, std::int64_t step, double evidence, TrialRecord& record) {
    const Recording& recording = plan_.recording;
    const std::int64_t time = step + 1;

    // fidelity: the clock runs through a presentation, the judgement falls on its last step
    for (const Presentation& presentation : trial_.presentations)
        if (presentation.from_step == step) {
            presentation_ = &presentation;
            clock_ = std::make_unique<SettleClock>(reference());
        }
    if (presentation_) {
        area.read(a_, buffers_[a_].data());
        clock_->look(buffers_[a_].data(),
                     double(time - presentation_->from_step) * plan_.area->dt_ms);
        if (step >= judged_from(*presentation_)) add_up(area);
        if (time == presentation_->to_step) {
            judge_presentation(*presentation_, step, record);
            if (trial_.asks && presentation_->from_step == trial_.question.from_step) {
                record.evidence_end = evidence;
                record.attended_column = attended_column();
            }
            presentation_ = nullptr;
        }
    }

    // a value that is not finite is found within 100 steps of its birth
    if (time % 100 == 0) area.check_finite(step);
    if (recording.rates_every && time % recording.rates_every == 0) sample_rates(area, record);
    if (recording.attention_every && time % recording.attention_every == 0)
        sample_attention(area, evidence, record);
}

std::int64_t Observer::judged_from(const Presentation& presentation) const {
    const AreaSpec& spec = *plan_.area;
    if (!spec.spiking.on) return presentation.to_step - 1;
    const std::int64_t window = std::llround(spec.spiking.window_ms / spec.dt_ms),
                       half = (presentation.to_step - presentation.from_step + 1) / 2;
    return presentation.to_step - std::max<std::int64_t>(1, std::min(window, half));
}

void Observer::add_up(const AreaView& area) {
    sums_.resize(buffers_.size());
    for (std::size_t i : {a_, o_, y_, z_}) {
        area.read(i, buffers_[i].data());
        if (n_summed_ == 0) sums_[i].assign(buffers_[i].size(), 0);
        for (std::size_t k = 0; k < buffers_[i].size(); ++k) sums_[i][k] += buffers_[i][k];
    }
    ++n_summed_;
}

void Observer::sample_rates(const AreaView& area, TrialRecord& record) {
    const auto& populations = area.populations();
    for (std::size_t i = 0; i < populations.size(); ++i) {
        std::vector<double>& buffer = buffers_[i];
        area.read(i, buffer.data());
        const ColumnAxis axis(populations[i]);
        double sum = 0, squares = 0, n = 0;
        for (std::size_t at = 0; at < buffer.size(); ++at) {
            if (!axis.counts(at, active_, n_active_)) continue;
            sum += buffer[at];
            squares += buffer[at] * buffer[at];
            n += 1;
        }
        record.rate_mean.push_back(sum / n);
        record.rate_rms.push_back(std::sqrt(squares / n));
        if (plan_.area->paired()) record.coactivation.push_back(coactivation(area, i));
    }
}

double Observer::coactivation(const AreaView& area, std::size_t population) {
    const PopulationInfo& info = area.populations()[population];
    if (!info.pair) return nan;
    const std::size_t units = n_units_of(info);
    pair_.resize(2 * units);
    area.read_raw(population, pair_.data());
    const ColumnAxis axis(info);
    double sum = 0, n = 0;
    for (std::size_t at = 0; at < units; ++at) {
        if (!axis.counts(at, active_, n_active_)) continue;
        sum += std::min(pair_[at], pair_[units + at]) - plan_.area->baseline;
        n += 1;
    }
    return sum / n;
}

bool Observer::row_counts(int row) const { return !trial_.asks || row == trial_.question.column; }

void Observer::sample_attention(const AreaView& area, double evidence, TrialRecord& record) {
    const int n = plan_.area->columns, heads = plan_.area->heads;
    const std::vector<double>&a = buffers_[a_], &p = buffers_[p_];
    area.read(a_, buffers_[a_].data());
    area.read(p_, buffers_[p_].data());
    area.log_normaliser(log_normaliser_.data());

    AttentionSample sample{0, 0, 0, 0, 0, evidence, 0, 0};
    int n_rows = 0, n_others = 0;
    for (int head = 0; head < heads; ++head)
        for (int row = 0; row < n; ++row) {
            const std::size_t at = std::size_t(head) * n + row;
            if (!row_counts(row) ||
                !(log_normaliser_[at] > -std::numeric_limits<double>::infinity()))
                continue;
            ++n_rows;
            const double* weights = a.data() + at * n;
            double sum = 0;
            for (int j = 0; j < n; ++j) sum += weights[j];
            sample.sum += sum;
            sample.PV += p[at];
            sample.log_normaliser += log_normaliser_[at];
            for (int j = 0; j < n; ++j) {
                const double share = weights[j] / sum;
                if (share > 0) sample.entropy_bits -= share * std::log2(share);
                if (j == trial_.target_column) {
                    sample.target += weights[j];
                    sample.reference_target += reference().pattern[at * n + j];
                } else if (!masked_[j]) {
                    sample.other += weights[j];
                    ++n_others;
                }
            }
        }

    // means; what does not exist is NaN
    const double rows = n_rows ? n_rows : nan;
    const bool has_target = trial_.target_column >= 0 && !masked_[trial_.target_column];
    sample.target = has_target ? sample.target / rows : nan;
    sample.reference_target = has_target ? sample.reference_target / rows : nan;
    sample.other = n_others ? sample.other / n_others : nan;
    for (double* x : {&sample.sum, &sample.PV, &sample.log_normaliser, &sample.entropy_bits})
        *x /= rows;
    record.attention.push_back(sample);
}

void Observer::judge_presentation(const Presentation& presentation, std::int64_t step,
                                  TrialRecord& record) {
    for (std::size_t i : {a_, o_, y_, z_})
        for (std::size_t k = 0; k < buffers_[i].size(); ++k)
            buffers_[i][k] = sums_[i][k] / double(n_summed_);
    n_summed_ = 0;
    PresentationRecord judged{presentation.name, double(step + 1) * plan_.area->dt_ms,
                              compare_with_reference(reference(), buffers_[a_], buffers_[o_],
                                                     buffers_[y_], buffers_[z_])};
    judged.fidelity.settle_time_ms = clock_->settle_time_ms();
    judged.attended_bits = attended_bits();
    record.presentations.push_back(std::move(judged));
    const std::int64_t every = plan_.recording.example_every;
    const bool last = presentation.to_step == trial_.presentations.back().to_step;
    if (every > 0 && trial_.number % every == 0 && last) {
        record.weights = buffers_[a_];
        record.reference = reference().pattern;
        record.key_item.assign(trial_.items.begin(), trial_.items.end());
        record.key_item.resize(std::size_t(plan_.area->columns), -1);
        for (std::size_t j = 0; j < masked_.size(); ++j)
            if (masked_[j]) record.key_item[j] = -1;
    }
}

double Observer::attended_bits() {
    const auto n = std::size_t(plan_.area->columns);
    const std::vector<double>&a = buffers_[a_], &pattern = reference().pattern;
    double bits = 0;
    int n_rows = 0;
    for (std::size_t row = 0; row < a.size() / n; ++row) {
        if (!row_counts(int(row % n))) continue;
        double keys = 0, sum = 0;
        for (std::size_t i = row * n; i < (row + 1) * n; ++i) {
            keys += pattern[i] > 0; // exactly 0 where there is no key to read
            sum += a[i];
        }
        if (keys == 0 || !(sum > 0)) continue;
        ++n_rows;
        bits += std::log2(keys);
        for (std::size_t i = row * n; i < (row + 1) * n; ++i)
            if (a[i] > 0) bits += a[i] / sum * std::log2(a[i] / sum);
    }
    return n_rows ? bits / n_rows : nan;
}

int Observer::attended_column() const {
    const int n = plan_.area->columns;
    std::vector<double> weight(static_cast<std::size_t>(n), 0.0);
    for (int head = 0; head < plan_.area->heads; ++head)
        for (int j = 0; j < n; ++j)
            weight[j] += buffers_[a_][(std::size_t(head) * n + trial_.question.column) * n + j];
    const auto top = std::max_element(weight.begin(), weight.end());
    return *top > 0 ? int(top - weight.begin()) : -1;
}

void Observer::trace(const AreaView& area, std::int64_t step, double evidence,
                     const double* rate_Hz, Trace& trace) {
    trace.time_ms.push_back(double(step + 1) * plan_.area->dt_ms);
    trace.populations.resize(buffers_.size());
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
        area.read(i, buffers_[i].data());
        trace.populations[i].insert(trace.populations[i].end(), buffers_[i].begin(),
                                    buffers_[i].end());
    }
    const std::vector<double>& pattern = reference().pattern;
    trace.reference.insert(trace.reference.end(), pattern.begin(), pattern.end());
    trace.evidence.push_back(float(evidence));
    for (int i = 0; i < 2; ++i) trace.decision_rate_Hz.push_back(rate_Hz ? float(rate_Hz[i]) : NAN);
}

} // namespace lamina
