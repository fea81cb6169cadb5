/// Where queries meet keys, on a device: features of all trials, their products, log drives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/add_rows.hpp"
#include "kernels/attend_blocks.hpp"
#include "kernels/device_array.hpp"
#include "kernels/encode_rows.hpp"
#include "kernels/matmul_blocks.hpp"
#include "kernels/score_rows.hpp"
#include "models/catalogue.hpp"
#include "models/scores/score.hpp"

namespace lamina {

/// What one pass of attention takes and gives beside queries and keys.
template <class Real> struct Attended {
    GateRows<Real> gates;
    const Real* mask;  ///< [n_trials][n_columns, n_columns]; null: all is seen
    const Real* value; ///< [n_trials][n_columns][n_heads * d_head]
    Real* routed;      ///< the same
};
/// The most numbers of a head that one pass takes.
constexpr int most_d_head_attended = 64;

template <class Exec, class Real> class DeviceScores {
  public:
    virtual ~DeviceScores() = default;

    /// @param q           [n_trials][n_columns][n_heads * d_head]
    /// @param suppressed  [n_trials][n_columns] r of the gain lambda (1 - r)
    virtual void encode_queries(const Real* q, const Real* suppressed) = 0;
    virtual void encode_keys(const Real* k) = 0;
    /// @param log_drive  [n_trials][n_heads][n_columns][n_columns]
    virtual void meet(Real* log_drive) = 0;
    /// In one pass: queries meet keys, gates advance and weigh the values.
    virtual void attend(const Attended<Real>&) = 0;
    /// Whether it can: features that are compared pair by pair meet in a pass of their own.
    virtual bool can_attend() const = 0;
    virtual bool gives_drive() const = 0;
};

/// Points constants that read projections to where a device has them.
template <class Constants, class Real>
auto read_projections_at(Constants& constants, const Real* place)
    -> decltype(void(constants.projections)) {
    constants.projections = place;
}
/// Other constants have none.
template <class Constants> void read_projections_at(Constants&, const void*) {}

template <class Mechanism, class Exec, class Real>
class DeviceScoresOf final : public DeviceScores<Exec, Real> {
  public:
    DeviceScoresOf(const Exec& exec, int n_trials, int n_columns, double lambda,
                   const ScoreParameters& par, std::uint64_t seed)
        : exec_(exec), n_(n_columns), heads_(par.n_heads), d_head_(par.d_head),
          features_(Mechanism::n_features(par)), lambda_(Real(lambda)),
          n_vectors_(std::size_t(n_trials) * heads_ * n_), query_(exec, n_vectors_ * features_),
          key_(exec, n_vectors_ * features_), query_log_(exec, n_vectors_),
          key_log_(exec, n_vectors_) {
        std::vector<Real> projections;
        constants_ = Mechanism::template prepare<Real>(par, seed, projections);
        projections_ = DeviceArray<Exec, Real>(exec, projections);
        read_projections_at(constants_, projections_.data());
    }

    void encode_queries(const Real* q, const Real* suppressed) override {
        exec_.for_each_row("score.queries", n_vectors_,
                           EncodeRows<Mechanism, Role::query, Real>{
                               q, suppressed, query_.data(), query_log_.data(), n_, heads_, d_head_,
                               features_, lambda_, constants_});
    }
    void encode_keys(const Real* k) override {
        exec_.for_each_row("score.keys", n_vectors_,
                           EncodeRows<Mechanism, Role::key, Real>{
                               k, nullptr, key_.data(), key_log_.data(), n_, heads_, d_head_,
                               features_, lambda_, constants_});
    }
    void meet(Real* log_drive) override {
        if constexpr (pairwise)
            exec_.for_each_row("score.pairs", n_vectors_,
                               PairRows<Mechanism, Real>{query_.data(), key_.data(), log_drive, n_,
                                                         n_, features_, constants_});
        else
            multiply_features(log_drive);
        // the heads of all trials lie in a row, and so do their factors
        exec_.for_each_row("score.meet", n_vectors_,
                           MeetRows<Mechanism, Real>{query_log_.data(), key_log_.data(), nullptr,
                                                     log_drive, n_, n_, constants_});
    }
    bool can_attend() const override { return !pairwise && d_head_ <= most_d_head_attended; }
    void attend(const Attended<Real>& with) override {
        LAMINA_EXPECT(can_attend());
        if constexpr (pairwise)
            return;
        else if (n_ <= 32 && d_head_ <= 32)
            attend_by<32>(with);
        else
            attend_by<most_d_head_attended>(with);
    }
    bool gives_drive() const override { return Mechanism::gives_drive; }

  private:
    static constexpr bool pairwise = meets_pairwise<Mechanism>;

    void multiply_features(Real* log_drive) {
        MatrixProducts<Real> product;
        const std::size_t n = std::size_t(n_), features = std::size_t(features_);
        product.a = {query_.data(), features, 1, n * features};
        product.b = {key_.data(), 1, features, n * features};
        product.c = {log_drive, n, 1, n * n};
        product.m = product.n = n_, product.k = features_;
        product.n_matrices = int(n_vectors_ / n);
        multiply(exec_, "score.products", product);
    }
    template <int extent> void attend_by(const Attended<Real>& with) {
        AttendBlocks<Mechanism, Real, extent> blocks{};
        blocks.query = query_.data(), blocks.key = key_.data();
        blocks.query_log = query_log_.data(), blocks.key_log = key_log_.data();
        blocks.mask = with.mask, blocks.gates = with.gates;
        blocks.value = with.value, blocks.routed = with.routed;
        blocks.n_trials = int(n_vectors_ / std::size_t(n_ * heads_)), blocks.n_heads = heads_;
        blocks.n_columns = n_, blocks.n_features = features_, blocks.d_head = d_head_;
        blocks.constants = constants_;
        exec_.for_each_block("attend", blocks.shape(), blocks);
    }

    const Exec& exec_;
    int n_, heads_, d_head_, features_;
    Real lambda_;
    std::size_t n_vectors_; // of queries, and of keys
    typename Mechanism::template Constants<Real> constants_{};
    DeviceArray<Exec, Real> projections_;
    DeviceArray<Exec, Real> query_, key_;         // [n_trials][n_heads][n_columns][n_features]
    DeviceArray<Exec, Real> query_log_, key_log_; // [n_trials][n_heads][n_columns]
};

/// @param mechanism  a name that the catalogue has
template <class Exec, class Real>
std::unique_ptr<DeviceScores<Exec, Real>>
make_device_scores(const Exec& exec, const std::string& mechanism, int n_trials, int n_columns,
                   double lambda, const ScoreParameters& par, std::uint64_t seed) {
    std::unique_ptr<DeviceScores<Exec, Real>> scores;
    with_model(ScoreMechanisms{}, mechanism, [&](auto tag) {
        using Mechanism = typename decltype(tag)::type;
        scores = std::make_unique<DeviceScoresOf<Mechanism, Exec, Real>>(exec, n_trials, n_columns,
                                                                         lambda, par, seed);
    });
    return scores;
}

} // namespace lamina
