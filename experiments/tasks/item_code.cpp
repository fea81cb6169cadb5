#include "experiments/tasks/item_code.hpp"

#include <utility>

#include "kernels/portable.hpp"

namespace lamina {

ItemCode::ItemCode(int d_model, int n_place_units, const PlacesSpec& places, Stimuli stimuli)
    : d_model_(static_cast<std::size_t>(d_model)), n_place_units_(n_place_units), places_(places),
      stimuli_(std::move(stimuli)) {
    LAMINA_EXPECT(n_place_units >= 0 && n_place_units < d_model);
    LAMINA_EXPECT(stimuli_.d_model == d_model - n_place_units);
}

std::vector<double> ItemCode::stimulus(int stimulus) const {
    const auto first = stimuli_.vectors.begin() + static_cast<std::ptrdiff_t>(stimulus) * n_units();
    return {first, first + n_units()};
}

std::vector<double> ItemCode::item(const Item& item) const {
    return at_place(item.place, stimulus(item.stimulus));
}

std::vector<double> ItemCode::cue(int place) const {
    return at_place(place, std::vector<double>(static_cast<std::size_t>(n_units()), 0.0));
}

std::vector<double> ItemCode::at_place(int place, const std::vector<double>& content) const {
    if (!has_places()) return content;
    const double turn_rad = 6.28318530717958647692;
    std::vector<double> x =
        code_of_angle(turn_rad * place / places_.number, places_.kappa, n_place_units_);
    x.insert(x.end(), content.begin(), content.end());
    return x;
}

std::vector<double> ItemCode::all_items() const {
    std::vector<double> all;
    for (int s = 0; s < stimuli_.number; ++s) {
        const std::vector<double> x = item({s, s % places_.number});
        all.insert(all.end(), x.begin(), x.end());
    }
    return all;
}

ItemCode coded_with_places(const ExperimentSpec& spec, Stimuli stimuli) {
    return {spec.area.d_model, spec.task.places.units, spec.task.places, std::move(stimuli)};
}

std::vector<std::string> place_complaints(const ExperimentSpec& spec) {
    std::vector<std::string> wrong;
    for (const int load : spec.task.load)
        if (load > spec.task.places.number)
            wrong.push_back("task.load = " + std::to_string(load) + " needs as many places, but " +
                            "task.places.number = " + std::to_string(spec.task.places.number));
    return wrong;
}

} // namespace lamina
