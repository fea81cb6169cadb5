/// What is looked at while a trial runs: rates, attention, fidelity at the end of presentations.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/run.hpp"

namespace lamina {

class Observer {
  public:
    Observer(const RunPlan&, const AreaView&, const Trial&);
    /// A new input, which must outlive its presentation.
    void present(const Segment&);
    /// The block of the present input, where it is already known.
    void know(ReferenceResult&& block) { reference_ = std::move(block); }
    /// After step `step`: samples what is due, and judges a presentation that ends here.
    void look(const AreaView&, std::int64_t step, double evidence, TrialRecord&);
    /// Appends every population to the trace.
    void trace(const AreaView&, std::int64_t step, double evidence, const double* rate_Hz, Trace&);

  private:
    void sample_rates(const AreaView&, TrialRecord&);
    double coactivation(const AreaView&, std::size_t population);
    void sample_attention(const AreaView&, double evidence, TrialRecord&);
    void judge_presentation(const Presentation&, std::int64_t step, TrialRecord&);
    /// The reference block for the present input; when it is not known, computed here.
    const ReferenceResult& reference();
    int attended_column() const;
    /// Of the weights that are judged.
    double attended_bits();
    bool row_counts(int row) const;
    /// First step that counts for the judgement of a presentation: its last, or for neurons, whose
    /// rates are known by their spikes only, the beginning of their window.
    std::int64_t judged_from(const Presentation&) const;
    void add_up(const AreaView&);

    const RunPlan& plan_;
    const Trial& trial_;
    std::size_t a_, p_, o_, y_, z_;            ///< indices of populations
    std::vector<std::vector<double>> buffers_; ///< one per population
    std::vector<double> log_normaliser_, pair_;
    const Segment* segment_ = nullptr; ///< the present input
    std::optional<ReferenceResult> reference_;
    std::vector<std::uint8_t> masked_;
    std::vector<char> active_; ///< [columns] holds something, or reads out
    std::ptrdiff_t n_active_ = 0;
    const Presentation* presentation_ = nullptr; ///< the one that is on
    std::unique_ptr<SettleClock> clock_;
    /// Sums of a, o, y and z over the steps that count, and their number.
    std::vector<std::vector<double>> sums_;
    std::int64_t n_summed_ = 0;
};

} // namespace lamina
