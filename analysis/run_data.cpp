#include "analysis/run_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lamina::analysis {
namespace {

/// Populations from the surface down: name, layer, what it holds.
struct Place {
    const char *population, *layer, *role;
};
constexpr std::array<Place, 28> places = {{{"L5apical", "L1", "queries (tufts of L5)"},
                                           {"SST", "L1", "mask, apical gain"},
                                           {"c_I", "L1", "interneurons of the context"},
                                           {"L23E", "L2/3", "keys"},
                                           {"L23phi", "L2/3", "features of keys"},
                                           {"L23mlp", "L2/3", "feed-forward layer"},
                                           {"L23mlp_I", "L2/3", "their interneurons"},
                                           {"L23sum", "L2/3", "sum before the norm"},
                                           {"output", "L2/3", "output of the column"},
                                           {"x_I", "L4", "interneurons of the input"},
                                           {"L4I", "L4", "first layer norm"},
                                           {"L4E", "L4", "values"},
                                           {"L4E_I", "L4", "their interneurons"},
                                           {"score", "L5", "query meets key"},
                                           {"L5match", "L5", "scores, told by bursts"},
                                           {"L5hidden", "L5", "drives, told by hidden cells"},
                                           {"L5gate", "L5", "attention weights"},
                                           {"L5phi", "L5", "features of queries"},
                                           {"L5fast_sum", "L5", "fast weights without a value"},
                                           {"L5fast", "L5", "fast weights"},
                                           {"L5implied", "L5", "weights that they imply"},
                                           {"PV_dendrite", "L5", "what PV hears of them"},
                                           {"PV", "L5", "log normaliser"},
                                           {"L5E", "L5", "routed values"},
                                           {"L5E_I", "L5", "their interneurons"},
                                           {"L6E", "L6", "residual stream"},
                                           {"L6E_I", "L6", "their interneurons"},
                                           {"L6I", "L6", "second layer norm"}}};

const Place* place_of(const std::string& population) {
    for (const Place& place : places)
        if (population == place.population) return &place;
    // a part of one: "L23E_head1", "L5E/2"
    for (const Place& place : places)
        if (population.rfind(place.population, 0) == 0) return &place;
    return nullptr;
}

/// "300 ms" and "1 s" in ms, a bare number as it is; NaN when it is none of these.
double in_ms(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str()) return std::numeric_limits<double>::quiet_NaN();
    std::string unit(end);
    unit.erase(std::remove(unit.begin(), unit.end(), ' '), unit.end());
    if (unit == "s") return 1000 * value;
    if (unit == "us") return value / 1000;
    return value;
}

std::string level_word(double value) {
    return value == std::floor(value) && std::fabs(value) < 1e9 ? fmt::format("{:.0f}", value)
                                                                : fmt::format("{:.4g}", value);
}

Factor factor_of(const std::string& name, const Column& column) {
    Factor factor;
    factor.name = name;
    factor.units = column.units;
    factor.path = column.long_name;
    factor.numeric = !column.is_text();
    factor.numbers = column.numbers;
    factor.words = column.words;
    for (const double value : column.numbers) factor.words.push_back(level_word(value));

    // distinct levels: numbers rising, words as they come
    std::vector<double> seen;
    for (std::size_t v = 0; v < factor.words.size(); ++v) {
        if (std::count(factor.levels.begin(), factor.levels.end(), factor.words[v])) continue;
        auto at = factor.levels.end();
        if (factor.numeric) {
            const auto rank = std::upper_bound(seen.begin(), seen.end(), factor.numbers[v]);
            at = factor.levels.begin() + (rank - seen.begin());
            seen.insert(rank, factor.numbers[v]);
        }
        factor.levels.insert(at, factor.words[v]);
    }
    return factor;
}

/// The first variant whose factors have the values that the spec writes outside of vary; 0 when
/// none has.
std::size_t variant_of_spec(const RunData& run, const Design& design) {
    for (std::size_t v = 0; v < design.variants.size(); ++v) {
        bool same = true;
        for (const Factor& factor : design.factors) {
            const std::string path = "spec." + factor.path;
            same = same && (factor.numeric ? number_member(run, path, NAN) == factor.numbers[v]
                                           : text_member(run, path, "") == factor.words[v]);
        }
        if (same) return v;
    }
    return 0;
}

} // namespace

std::size_t Column::length(const std::string& dim) const {
    for (std::size_t d = 0; d < dims.size(); ++d)
        if (dims[d] == dim) return shape[d];
    return 0;
}

double Column::at(std::initializer_list<std::size_t> index) const {
    std::size_t flat = 0, d = 0;
    for (const std::size_t i : index) flat = flat * shape[d++] + i;
    return numbers[flat];
}

const Column* RunData::find(const std::string& group, const std::string& variable) const {
    const auto g = groups.find(group);
    if (g == groups.end()) return nullptr;
    const auto v = g->second.find(variable);
    return v == g->second.end() ? nullptr : &v->second;
}

const std::vector<double>& RunData::numbers(const std::string& group,
                                            const std::string& variable) const {
    static const std::vector<double> none;
    const Column* column = find(group, variable);
    return column ? column->numbers : none;
}

std::size_t Factor::level_of(std::size_t variant) const {
    const auto at = std::find(levels.begin(), levels.end(), words[variant]);
    return static_cast<std::size_t>(at - levels.begin());
}

std::string words_of(const Factor& factor, std::size_t variant) {
    if (!factor.numeric) return factor.words[variant];
    const bool unit = factor.units != "1" && !factor.units.empty();
    return factor.name + " " + factor.words[variant] + (unit ? " " + factor.units : "");
}

Design design_of(const RunData& run) {
    Design design;
    const auto variants = run.groups.find("variants");
    if (variants != run.groups.end())
        for (const auto& [name, column] : variants->second) {
            if (name == "label")
                design.variants = column.words;
            else if (name != "variant" && column.dims == std::vector<std::string>{"variant"}) {
                Factor factor = factor_of(name, column);
                if (factor.levels.size() > 1) design.factors.push_back(std::move(factor));
            }
        }
    if (design.variants.empty()) design.variants = {"base"};
    // the factor that varies slowest comes first, as it was written
    std::stable_sort(design.factors.begin(), design.factors.end(),
                     [](const Factor& a, const Factor& b) {
                         const auto run_length = [](const Factor& f) {
                             std::size_t n = 1;
                             while (n < f.words.size() && f.words[n] == f.words[0]) ++n;
                             return n;
                         };
                         return run_length(a) > run_length(b);
                     });

    for (std::size_t v = 0; v < design.variants.size(); ++v) {
        std::string words;
        for (const Factor& factor : design.factors)
            words += (words.empty() ? "" : ", ") + words_of(factor, v);
        design.short_names.push_back(words.empty() ? design.variants[v] : words);
    }

    design.shown = variant_of_spec(run, design);

    // loads of conditions: from behaviour, else from the trials themselves
    std::size_t n_conditions = 1;
    for (const auto* group : {"behaviour", "rates", "attention"})
        for (const auto* variable : {"n", "rms", "sum"})
            if (const Column* column = run.find(group, variable))
                n_conditions = std::max(n_conditions, column->length("condition"));
    for (const double condition : run.numbers("trials", "condition"))
        n_conditions = std::max(n_conditions, static_cast<std::size_t>(condition) + 1);
    design.loads.assign(n_conditions, 0);
    const std::vector<double>& condition = run.numbers("trials", "condition");
    const std::vector<double>& load = run.numbers("trials", "load");
    for (std::size_t t = 0; t < std::min(condition.size(), load.size()); ++t)
        design.loads[static_cast<std::size_t>(condition[t])] = load[t];
    for (const char* group : {"behaviour", "rates", "attention", "example"}) {
        const Column* labels = run.find(group, "condition");
        if (labels && labels->words.size() == n_conditions) design.conditions = labels->words;
    }
    if (design.conditions.empty())
        for (const double items : design.loads)
            design.conditions.push_back(items > 0 ? fmt::format("load {:.0f}", items)
                                                  : std::string("all trials"));
    return design;
}

std::vector<Epoch> epochs_of(const RunData& run) {
    if (!run.find("trials", "stored")) return {};
    const bool dual = text_member(run, "spec.task.type", "") == "dual_delayed_match";
    const bool reports = run.find("trials", "response_deg") != nullptr;
    std::vector<const char*> names = {"fixation", "sample", "delay", "test"};
    if (dual) names = {"fixation", "sample", "delay", "cue", "test", "delay", "cue", "test"};
    if (!reports) names.push_back("response");
    std::vector<Epoch> epochs;
    double at_ms = 0;
    for (const char* name : names) {
        const double ms = number_member(run, std::string("spec.task.timing.") + name, 0);
        if (!(ms > 0)) continue;
        const bool shows = std::string(name) == "sample" || std::string(name) == "test";
        epochs.push_back({name, at_ms, at_ms + ms, shows});
        at_ms += ms;
    }
    return epochs;
}

const nlohmann::ordered_json& member(const RunData& run, const std::string& path) {
    static const nlohmann::ordered_json absent;
    const nlohmann::ordered_json* at = run.run.get();
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t dot = std::min(path.find('.', from), path.size());
        const std::string key = path.substr(from, dot - from);
        if (!at->is_object() || !at->contains(key)) return absent;
        at = &(*at)[key];
        from = dot + 1;
    }
    return *at;
}

std::string text_member(const RunData& run, const std::string& path, const std::string& otherwise) {
    const nlohmann::ordered_json& found = member(run, path);
    if (found.is_string()) return found.get<std::string>();
    return found.is_null() ? otherwise : found.dump();
}

bool of_neurons(const RunData& run) {
    return text_member(run, "spec.simulation.mode", "") == "spiking" &&
           member(run, "spec.column.spiking").is_object();
}

bool by_fast_weights(const RunData& run) {
    const auto& vary = member(run, "spec.vary");
    return of_neurons(run) && text_member(run, "spec.column.spiking.fast_weights", "") == "true" &&
           !(vary.is_object() && vary.contains("column.spiking.fast_weights"));
}

double number_member(const RunData& run, const std::string& path, double otherwise) {
    const nlohmann::ordered_json& found = member(run, path);
    if (found.is_number()) return found.get<double>();
    if (!found.is_string()) return otherwise;
    const double value = in_ms(found.get<std::string>());
    return std::isnan(value) ? otherwise : value;
}

std::string layer_of(const std::string& population) {
    const Place* place = place_of(population);
    return place ? place->layer : "";
}

int depth_of(const std::string& population) {
    const Place* place = place_of(population);
    return place ? static_cast<int>(place - places.data()) : static_cast<int>(places.size());
}

std::string role_of(const std::string& population) {
    const Place* place = place_of(population);
    return place ? place->role : "";
}

} // namespace lamina::analysis
