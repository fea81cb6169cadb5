/// The bodies of the column with the least of models, compiled for CUDA in both precisions by
/// tests/cuda alone: the proof that they need nothing else. What runs is in sim/backend_cuda.cu.
#include "kernels/cuda/exec.cuh"

#include "kernels/ask_cells.hpp"
#include "kernels/gate_rows.hpp"
#include "kernels/inhibit_rows.hpp"
#include "kernels/math.hpp"
#include "kernels/norm_rows.hpp"
#include "kernels/normal.hpp"
#include "kernels/relax.hpp"
#include "kernels/route_rows.hpp"
#include "kernels/score_rows.hpp"
#include "kernels/spike_hidden.hpp"

namespace lamina {
namespace {

/// Stands for models/scores, which this folder does not know: the dot product itself.
struct Dot {
    template <class Real> struct Constants { Real scale; };
    template <class Real>
    LAMINA_FN static Real meet(Real dot, Real query_log, Real key_log, const Constants<Real>& c) {
        return fma(c.scale, dot, query_log + key_log);
    }
};

/// Stands for models/inhibition: PV follows the logarithm of the sum.
struct Pv {
    template <class Real> struct Constants { Real half_step; };
    template <class Real>
    LAMINA_FN static Real advance(Real p, Real sum, Real ahead, Real, Real,
                                  const Constants<Real>& c) {
        return fma(c.half_step, math::log(sum) + math::log(ahead), p);
    }
    template <class Real>
    LAMINA_FN static Real slope_per_ms(Real, Real sum, Real, const Constants<Real>& c) {
        return c.half_step * math::log(sum);
    }
    template <class Real> LAMINA_FN static Real log_divisor(Real p, Real, const Constants<Real>&) {
        return p;
    }
};

/// Every function of math.hpp, on one number each.
template <class Real> struct EveryFunction {
    const Real* x;
    Real* y; ///< [n][9]
    LAMINA_FN void operator()(std::size_t i) const {
        Real* out = y + 9 * i;
        out[0] = math::exp(x[i]);
        out[1] = math::exp_flushed(x[i]);
        out[2] = math::expm1(x[i]);
        out[3] = math::log(x[i]);
        out[4] = math::log1p(x[i]);
        out[5] = math::tanh(x[i]);
        out[6] = math::erf(x[i]);
        out[7] = math::sin_turns(x[i]);
        out[8] = math::cos_turns(x[i]);
    }
};

template <class Real> struct Noise {
    Real* z;
    std::uint64_t seed, step;
    LAMINA_FN void operator()(std::size_t i) const {
        z[i] = Real(normal(seed, 0, Stream::population, static_cast<std::uint32_t>(i), step));
    }
};

} // namespace

#define LAMINA_ITEM(...)                                                                           \
    template void Cuda::for_each<__VA_ARGS__>(const char*, std::size_t, const __VA_ARGS__&) const;
#define LAMINA_ROW(...)                                                                            \
    template void Cuda::for_each_row<__VA_ARGS__>(const char*, std::size_t, const __VA_ARGS__&)    \
        const;
#define LAMINA_BODIES(Real)                                                                        \
    LAMINA_ITEM(EveryFunction<Real>)                                                               \
    LAMINA_ITEM(Noise<Real>)                                                                       \
    LAMINA_ITEM(Relax<Real>)                                                                       \
    LAMINA_ITEM(RelaxPair<Real>)                                                                   \
    LAMINA_ITEM(RelaxRectified<Real>)                                                              \
    LAMINA_ITEM(OpposePair<Real>)                                                                  \
    LAMINA_ITEM(RelaxSlope<Real>)                                                                  \
    LAMINA_ITEM(RelaxRectifiedSlope<Real>)                                                         \
    LAMINA_ITEM(RelaxPairSlope<Real>)                                                              \
    LAMINA_ITEM(AskCells<Real>)                                                                    \
    LAMINA_ITEM(SpikeAllHidden<Real>)                                                              \
    LAMINA_ITEM(InhibitRows<Pv, Real>)                                                             \
    LAMINA_ITEM(DivisorRows<Pv, Real>)                                                             \
    LAMINA_ITEM(InhibitSlope<Pv, Real>)                                                            \
    LAMINA_ROW(ScoreRows<Dot, Real>)                                                               \
    LAMINA_ROW(MeetRows<Dot, Real>)                                                                \
    LAMINA_ROW(GateRows<Real>)                                                                     \
    LAMINA_ROW(DriveRows<Real>)                                                                    \
    LAMINA_ROW(PoolRows<Real>)                                                                     \
    LAMINA_ROW(RouteRows<Real>)                                                                    \
    LAMINA_ROW(MeanRows<Real>)                                                                     \
    LAMINA_ROW(SquareRows<Real>)

LAMINA_BODIES(float)
LAMINA_BODIES(double)

} // namespace lamina
