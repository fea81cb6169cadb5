#include "sim/spikes/draw_values.hpp"

#include "kernels/cpu/exec.hpp"

namespace lamina {

void draw_values(const ValueLaw& law, double unit, const std::uint32_t* words, float* values,
                 std::size_t n) {
    switch (law.kind) {
    case LawKind::constant:
        return cpu::run_items(0, n, DrawValue<LawKind::constant>(law, unit, words, values));
    case LawKind::normal_clipped:
        return cpu::run_items(0, n, DrawValue<LawKind::normal_clipped>(law, unit, words, values));
    case LawKind::normal_redrawn:
        return cpu::run_items(0, n, DrawValue<LawKind::normal_redrawn>(law, unit, words, values));
    case LawKind::lognormal:
        return cpu::run_items(0, n, DrawValue<LawKind::lognormal>(law, unit, words, values));
    case LawKind::uniform:
        return cpu::run_items(0, n, DrawValue<LawKind::uniform>(law, unit, words, values));
    }
}

} // namespace lamina
