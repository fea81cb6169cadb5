#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "experiments/results_parts.hpp"
#include "sim/column_cells.hpp"

namespace lamina {
namespace {

std::string drive_unit_of(const CellSpec& cell) {
    for (const CellModel& model : cell_models())
        if (cell.model == model.name) return std::string(model.unit) + " per ms";
    return "";
}

} // namespace

void add_calibration(Image& image, const std::vector<VariantRun>& runs) {
    std::vector<std::string> names, units;
    std::vector<double> drives, rates, asked, fired;
    std::size_t n_drives = 0, n_asked = 0;
    for (const VariantRun& run : runs) {
        const AreaSpec& area = run.variant.spec.area;
        if (!area.spiking.on) continue;
        for (const CellKind& kind : cell_kinds(area, run.variant.spec.seed)) {
            const std::string background =
                area.spiking.embedded
                    ? fmt::format("microcircuit of scale {:g}", area.spiking.background_scale)
                    : fmt::format("noise {:g}", kind.cell.noise);
            const std::string name = fmt::format("{}, {}, {}, dt {:g} ms", kind.of, kind.cell.model,
                                                 background, area.dt_ms);
            if (std::find(names.begin(), names.end(), name) != names.end()) continue;
            const RateCurve& curve = RateCurve::of(kind.cell, area.dt_ms, kind.highest_Hz);
            const RateCurve::Asked test = curve.ask();
            names.push_back(name);
            units.push_back(drive_unit_of(kind.cell));
            n_drives = curve.drives_per_ms().size(), n_asked = test.asked_Hz.size();
            const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
                to.insert(to.end(), from.begin(), from.end());
            };
            append(drives, curve.drives_per_ms());
            append(rates, curve.rates_Hz());
            append(asked, test.asked_Hz);
            append(fired, test.fired_Hz);
        }
    }
    if (names.empty()) return;
    const std::string g = "calibration";
    image.coordinate(g, "cell", names, "1", "kind of cell, of which variants have");
    image.dimension(g, "drive", n_drives);
    image.dimension(g, "asked", n_asked);
    image.variable(g, "drive_per_ms", {"cell", "drive"}, drives, "1", "in the unit of drive_unit");
    image.variable(g, "drive_unit", {"cell"}, units, "1", "unit of drives");
    image.variable(g, "rate_Hz", {"cell", "drive"}, rates, "Hz", "rate at this drive");
    image.variable(g, "asked_Hz", {"cell", "asked"}, asked, "Hz", "rate that cells are asked for");
    image.variable(g, "fired_Hz", {"cell", "asked"}, fired, "Hz",
                   "rate that they then fire, under other noise");
    image.attribute(g, "neuron_seconds", RateCurve::asked_neuron_s);
}

} // namespace lamina
