/// Where each population of an area lies in its one state vector, and what it is called.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/area.hpp"
#include "sim/area_spec.hpp"

namespace lamina {

/// A named stretch of the state: `n` scalars; in opponent coding r+ of all, then r- of all.
struct StateSpan {
    std::size_t first = 0, n = 0;
    bool pair = false;
    double tau_ms = 0, sigma = 0; ///< sigma of the population's noise
    /// First place of its interneurons u+, u- (column.dale); 0: none, place 0 being none of theirs.
    std::size_t interneurons = 0;

    std::size_t size() const { return pair ? 2 * n : n; }
    std::size_t end() const { return first + size(); }
};

/// A population that can be read: a stretch of the state, or (derived) the second norm's output or
/// the attention that fast weights imply.
struct NamedSpan {
    PopulationInfo info;
    StateSpan span;
    bool derived = false;
};

struct AreaLayout {
    explicit AreaLayout(const AreaSpec&);

    StateSpan mean_x, var_x, mean_c, var_c; ///< L4I, norm pre: [columns]
    StateSpan v, k, q;                      ///< [columns][heads * d_head]
    StateSpan r;                            ///< SST [columns]
    StateSpan m;             ///< L5match or L5hidden, what cells tell: [heads][columns][columns]
    StateSpan phi_k, phi_q;  ///< L23phi, L5phi, with fast weights: [columns][heads * d_head]
    StateSpan M;             ///< L5fast, with fast weights: [heads][d_head of q, k][d_head of v]
    StateSpan z_phi;         ///< L5fast_sum, where they are normalised: [heads][d_head]
    StateSpan A;             ///< PV_dendrite, where they are normalised: [heads][columns]
    StateSpan a;             ///< [heads][columns][columns]; empty with fast weights
    StateSpan p, p_lagged;   ///< [heads][columns]; lagged: only with PV_lag
    StateSpan o;             ///< [columns][heads * d_head]
    StateSpan y;             ///< [columns][d_model]
    StateSpan mean_y, var_y; ///< L6I, norm pre and post: [columns]
    StateSpan f;             ///< [columns][d_ff]
    StateSpan z;             ///< [columns][d_model]
    StateSpan mean_z, var_z; ///< L6I on z, norm post: [columns]
    StateSpan u_x, u_c;      ///< interneurons of the input's pairs, column.dale
    std::size_t size = 0;
    std::vector<NamedSpan> named; ///< in the order of the cascade

    /// Name of the span that begins there, "" when none does.
    std::string name_at(std::size_t first) const;

  private:
    StateSpan add(const char* name, const char* layer, const char* symbol, std::vector<int> shape,
                  std::vector<std::string> dims, double tau_ms, bool coded, double sigma = 0);
    void add_interneurons(const AreaSpec&);
    void add_fast_weights(const AreaSpec&);
};

/// What an area of this kind is made of, without making it.
std::vector<PopulationInfo> populations_of(const AreaSpec&);

} // namespace lamina
