/// Where queries meet keys: log drive of every gate from the present q and k.
///
///     log_drive_ij = s_ij + m_ij (a score) or log D_ij + m_ij (a drive), m = 0 or -infinity
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernels/cpu/matmul.hpp"
#include "models/scores/score.hpp"

namespace lamina {

template <class Real> class ScoreStage {
  public:
    virtual ~ScoreStage() = default;

    /// Queries and keys of all heads as features, whose dot products `meet` turns into log drives;
    /// where a mechanism compares pair by pair, `meet` does that, too.
    /// @param q     [n_columns][n_heads * d_head]
    /// @param k     the same shape
    /// @param gain  [n_columns] lambda (1 - r) of the query's column
    virtual void encode(const Real* q, const Real* k, const Real* gain) = 0;
    virtual int n_features() const = 0;
    virtual const Real* query(int head) const = 0; ///< [n_columns, n_features]
    /// [n_features, n_columns]; null: the features are compared pair by pair
    virtual const cpu::PackedMatrix<Real>* keys(int head) const = 0;

    /// @param first, last  rows of [n_heads * n_columns]
    /// @param mask         [n_columns, n_columns] 0 or -infinity; null: all keys are seen
    /// @param log_drive    [n_heads][n_columns][n_columns] in: dot products, if there are keys to
    ///                     take them of; out: log drive
    virtual void meet(std::size_t first, std::size_t last, const Real* mask, Real* log_drive) = 0;

    /// All of it at once: encode, the dot products, meet.
    virtual void evaluate(const Real* q, const Real* k, const Real* gain, const Real* mask,
                          Real* log_drive) = 0;
    virtual bool gives_drive() const = 0;
    virtual double flops() const = 0;
};

/// @throws SpecError for an unknown mechanism
template <class Real>
std::unique_ptr<ScoreStage<Real>> make_score_stage(const std::string& mechanism, int n_columns,
                                                   const ScoreParameters&, std::uint64_t seed);

} // namespace lamina
