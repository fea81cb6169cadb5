#include "sim/score_stage.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/cpu/exec.hpp"
#include "kernels/dual.hpp"
#include "kernels/score_rows.hpp"
#include "models/catalogue.hpp"
#include "sim/errors.hpp"

namespace lamina {
namespace {

template <class Mechanism, class Real> class ScoreStageOf final : public ScoreStage<Real> {
  public:
    ScoreStageOf(int n_columns, const ScoreParameters& par, std::uint64_t seed)
        : n_(n_columns), heads_(par.n_heads), d_head_(par.d_head),
          features_(Mechanism::n_features(par)),
          constants_(Mechanism::template prepare<Real>(par, seed, projections_)) {
        const std::size_t vectors = std::size_t(heads_) * n_;
        query_.resize(vectors * features_);
        key_.resize((pairwise ? vectors : std::size_t(n_)) * features_);
        query_log_.resize(vectors);
        key_log_.resize(vectors);
        one_.resize(features_);
        if (!pairwise) keys_.resize(heads_);
    }

    /// Queries lie [head][column][feature]; keys [head][feature][column], so that the product reads
    /// both in order, or as queries where pairs are compared.
    void encode(const Real* q, const Real* k, const Real* gain) override {
        const std::size_t width = std::size_t(heads_) * d_head_;
        for (int head = 0; head < heads_; ++head) {
            for (int column = 0; column < n_; ++column) {
                const std::size_t vector = std::size_t(head) * n_ + column;
                const std::size_t place = column * width + std::size_t(head) * d_head_;
                query_log_[vector] =
                    Mechanism::encode(q + place, gain[column], query_.data() + vector * features_,
                                      constants_, head, Role::query, OneLane{});
                Real* key = pairwise ? key_.data() + vector * features_ : one_.data();
                key_log_[vector] = Mechanism::encode(k + place, Real(1), key, constants_, head,
                                                     Role::key, OneLane{});
                for (int f = 0; !pairwise && f < features_; ++f)
                    key_[std::size_t(f) * n_ + column] = one_[f];
            }
            if (!pairwise) keys_[head].pack(features_, n_, key_.data(), n_);
        }
    }
    int n_features() const override { return features_; }
    const Real* query(int head) const override {
        return query_.data() + std::size_t(head) * n_ * features_;
    }
    const cpu::PackedMatrix<Real>* keys(int head) const override {
        return pairwise ? nullptr : &keys_[head];
    }

    void meet(std::size_t first, std::size_t last, const Real* mask, Real* log_drive) override {
        if constexpr (pairwise)
            cpu::run_rows(first, last,
                          PairRows<Mechanism, Real>{query_.data(), key_.data(), log_drive, n_, n_,
                                                    features_, constants_});
        cpu::run_rows(first, last,
                      MeetRows<Mechanism, Real>{query_log_.data(), key_log_.data(), mask, log_drive,
                                                n_, n_, constants_});
    }
    void evaluate(const Real* q, const Real* k, const Real* gain, const Real* mask,
                  Real* log_drive) override {
        encode(q, k, gain);
        for (int head = 0; !pairwise && head < heads_; ++head)
            keys_[head].multiply(n_, query(head), features_,
                                 log_drive + std::size_t(head) * n_ * n_, n_);
        meet(0, std::size_t(heads_) * n_, mask, log_drive);
    }
    bool gives_drive() const override { return Mechanism::gives_drive; }
    double flops() const override {
        const double projected = projections_.empty() ? 0 : 4.0 * heads_ * n_ * features_ * d_head_;
        // fused multiply-add; or two sums, two magnitudes, two thresholds, two squares
        return (pairwise ? 10.0 : 2.0) * heads_ * n_ * n_ * features_ + projected;
    }

  private:
    static constexpr bool pairwise = meets_pairwise<Mechanism>;

    int n_, heads_, d_head_, features_;
    std::vector<Real> projections_;
    typename Mechanism::template Constants<Real> constants_;
    std::vector<Real> query_; // [n_heads][n_columns][n_features]
    std::vector<Real> key_;   // [n_features][n_columns] of the head in work; pairwise: of all heads
    std::vector<Real> query_log_, key_log_; // [n_heads][n_columns]
    std::vector<Real> one_;                 // [n_features]
    std::vector<cpu::PackedMatrix<Real>> keys_;
};

} // namespace

template <class Real>
std::unique_ptr<ScoreStage<Real>> make_score_stage(const std::string& mechanism, int n_columns,
                                                   const ScoreParameters& par, std::uint64_t seed) {
    std::unique_ptr<ScoreStage<Real>> stage;
    const bool known = with_model(ScoreMechanisms{}, mechanism, [&](auto tag) {
        stage = std::make_unique<ScoreStageOf<typename decltype(tag)::type, Real>>(n_columns, par,
                                                                                   seed);
    });
    if (known) return stage;
    std::vector<std::string> names;
    for (const auto& entry : entries(ScoreMechanisms{})) names.push_back(entry.name);
    throw SpecError(
        fmt::format("score '{}' is unknown; known are {}", mechanism, fmt::join(names, ", ")));
}

template std::unique_ptr<ScoreStage<double>>
make_score_stage<double>(const std::string&, int, const ScoreParameters&, std::uint64_t);
template std::unique_ptr<ScoreStage<float>>
make_score_stage<float>(const std::string&, int, const ScoreParameters&, std::uint64_t);
template std::unique_ptr<ScoreStage<Dual>>
make_score_stage<Dual>(const std::string&, int, const ScoreParameters&, std::uint64_t);

} // namespace lamina
