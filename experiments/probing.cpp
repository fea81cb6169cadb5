#include "experiments/probing.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include "sim/area.hpp"
#include "sim/readout.hpp"
#include "sim/reference_block.hpp"

namespace lamina {
namespace {

/// One area of a given size without noise, and how its answers are read.
class Display {
  public:
    Display(const VariantRun& run, int columns)
        : run_(run), spec_(run.variant.spec.area), d_(std::size_t(spec_.d_model)),
          width_(std::size_t(spec_.heads) * std::size_t(spec_.d_head)),
          n_steps_(steps_of(run.variant.spec.task.timing.test_ms, spec_.dt_ms)) {
        spec_.columns = columns;
        spec_.noise = NoiseSpec();
        // what is held was there before the probe
        if (spec_.attention == Attention::causal) spec_.attention = Attention::self;
        area_ = make_area(spec_, run.weights, run.variant.spec.seed);
        input_.x.assign(std::size_t(columns) * d_, 0);
        input_.c = input_.x;
        input_.masked.assign(std::size_t(columns), 1);
    }

    void hold(int column, int stimulus) {
        copy(stimulus, column, input_.x);
        input_.masked[std::size_t(column)] = 0;
    }
    void probe(int column, int stimulus) { copy(stimulus, column, input_.c); }

    /// Shows the input to column and block.
    void show() {
        area_->reset(run_.variant.spec.seed, 0);
        area_->present(input_);
        for (std::int64_t step = 0; step < n_steps_; ++step) area_->advance(step);
        area_->check_finite(n_steps_ - 1);
        block_ = reference_block(spec_, run_.weights, input_.x, input_.c, input_.masked);
    }

    /// W_O o of one column, and of the block.
    std::vector<double> routed(int column) const {
        std::vector<double> o(width_);
        area_->routed(column, o.data());
        return routed_content(run_.weights, o);
    }
    std::vector<double> block_routed(int column) const {
        const auto first = block_.z_heads.begin() + std::ptrdiff_t(std::size_t(column) * width_);
        return routed_content(run_.weights, {first, first + std::ptrdiff_t(width_)});
    }
    /// Evidence that this content matches a stimulus.
    double evidence_of(const std::vector<double>& content, int stimulus) const {
        ReadoutSpec readout;
        readout.gain = run_.variant.spec.task.decision.gain;
        Question question;
        question.criterion = run_.variant.spec.task.decision.criterion;
        const double* x = vector_of(stimulus);
        return evidence(readout, question, content, match_target(spec_, run_.weights, {x, x + d_}));
    }
    /// Weights [heads][query][key] of the column, and of the block.
    std::vector<double> weights() const {
        const std::size_t n = std::size_t(spec_.columns);
        std::vector<double> a(std::size_t(spec_.heads) * n * n);
        area_->read(area_->index_of(spec_.has_fast_weights() ? "L5implied" : "L5gate"), a.data());
        return a;
    }
    const std::vector<double>& block_weights() const { return block_.pattern; }

  private:
    const double* vector_of(int stimulus) const {
        return &run_.stimuli.vectors[std::size_t(stimulus) * d_];
    }
    void copy(int stimulus, int column, std::vector<double>& to) const {
        std::copy_n(vector_of(stimulus), d_, to.begin() + std::ptrdiff_t(std::size_t(column) * d_));
    }

    const VariantRun& run_;
    AreaSpec spec_;
    std::size_t d_, width_;
    std::int64_t n_steps_;
    std::unique_ptr<Area> area_;
    Segment input_;
    ReferenceResult block_;
};

void widen(double& largest, double a, double b) { largest = std::max(largest, std::fabs(a - b)); }

/// Stimulus `held` alone in the first column; every column asks for another probe at the same time,
/// since rows of attention do not see each other.
void probe_one_held(const VariantRun& run, int held, Probing& found, double& difference) {
    const int columns = run.variant.spec.area.columns;
    Display display(run, columns);
    display.hold(0, held);
    for (int first = 0; first < found.n; first += columns) {
        const int last = std::min(found.n, first + columns);
        for (int probe = first; probe < last; ++probe) display.probe(probe - first, probe);
        display.show();
        for (int probe = first; probe < last; ++probe) {
            double& e =
                found.evidence[std::size_t(held) * std::size_t(found.n) + std::size_t(probe)];
            e = display.evidence_of(display.routed(probe - first), probe);
            widen(difference, e, display.evidence_of(display.block_routed(probe - first), probe));
        }
    }
}

void probe_all_held(const VariantRun& run, Probing& found) {
    Display display(run, found.n);
    for (int stimulus = 0; stimulus < found.n; ++stimulus) {
        display.hold(stimulus, stimulus);
        display.probe(stimulus, stimulus);
    }
    display.show();
    const std::vector<double> a = display.weights(), &b = display.block_weights();
    const std::size_t pairs = found.attention.size(), heads = a.size() / pairs;
    for (std::size_t i = 0; i < a.size(); ++i) {
        found.attention[i % pairs] += a[i] / double(heads);
        widen(found.attention_difference, a[i], b[i]);
    }
    for (int stimulus = 0; stimulus < found.n; ++stimulus) {
        const std::vector<double> o = display.routed(stimulus), r = display.block_routed(stimulus);
        found.routed.insert(found.routed.end(), o.begin(), o.end());
        for (std::size_t i = 0; i < o.size(); ++i) widen(found.routed_difference, o[i], r[i]);
    }
}

} // namespace

bool is_probed(const VariantRun& run) {
    return run.variant.spec.task.type == "delayed_match_to_sample" &&
           run.stimuli.number >= least_probed_stimuli && run.stimuli.number <= most_probed_stimuli;
}

std::int64_t probing_steps(const VariantRun& run) {
    if (!is_probed(run)) return 0;
    const ExperimentSpec& spec = run.variant.spec;
    const std::int64_t n = run.stimuli.number, columns = spec.area.columns;
    return n * ((n + columns - 1) / columns) * steps_of(spec.task.timing.test_ms, spec.area.dt_ms);
}

Probing probe_all(const VariantRun& run, int threads, const std::atomic<bool>& stop) {
    Probing found;
    found.n = run.stimuli.number;
    found.d_model = run.variant.spec.area.d_model;
    const std::size_t n = std::size_t(found.n);
    found.evidence.resize(n * n);
    found.attention.assign(n * n, 0);
    std::vector<double> difference(n, 0);
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int held = 0; held < found.n; ++held) {
        if (stop.load()) continue;
        try {
            probe_one_held(run, held, found, difference[std::size_t(held)]);
        } catch (...) {
#pragma omp critical(probing_failure)
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
    found.evidence_difference = *std::max_element(difference.begin(), difference.end());
    if (!stop.load()) probe_all_held(run, found);
    return found;
}

} // namespace lamina
