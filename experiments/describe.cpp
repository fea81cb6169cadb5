#include "experiments/describe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/equations.hpp"
#include "experiments/circuits/circuit_network.hpp"
#include "experiments/circuits/describe_network.hpp"
#include "experiments/experiment.hpp"
#include "experiments/fields.hpp"
#include "experiments/quantities.hpp"
#include "experiments/studies.hpp"
#include "experiments/task_catalogue.hpp"
#include "experiments/version.hpp"
#include "models/catalogue.hpp"

namespace lamina {
namespace {

using Cell = DescribedCell;
using CellRows = std::vector<std::vector<Cell>>;

Cell equation(const std::string& text) { return {text, Cell::Kind::equation}; }
Cell code(const std::string& text) { return {text, Cell::Kind::code}; }

/// The value of a key as it is written in YAML.
std::string written_value(const ExperimentSpec& spec, const std::string& path) {
    return yaml_text(*find_field(path), spec);
}

/// The meaning of the word that a key has in this spec.
std::string meaning_of(const ExperimentSpec& spec, const std::string& path) {
    const Field& field = *find_field(path);
    const std::string word = written_value(spec, path);
    for (const Choice& choice : field.choices)
        if (choice.name == word) return choice.meaning;
    return word;
}

bool has_cortical_column(const ExperimentSpec& spec) {
    return find_field("column.heads")->applies(spec);
}

/// What the circuit of this spec is made of. Studies have gates and PV, or no circuit at all.
std::vector<PopulationInfo> populations_of(const ExperimentSpec& spec) {
    if (has_cortical_column(spec)) return prepare(Variant{"base", {}, spec}).populations;
    if (const Study* study = study_of(spec); study && !study->needs_softmax) return {};
    const int n = spec.area.columns;
    return {{"L5gate", "5", "a", {n}, {"key"}, spec.area.tau.gate_ms},
            {"PV", "5", "p", {1}, {"query"}, spec.area.tau.PV_ms}};
}

bool has(const std::vector<PopulationInfo>& populations, const std::string& name) {
    return std::any_of(populations.begin(), populations.end(), [&](const PopulationInfo& p) {
        const analysis::PopulationEquation* row = analysis::equation_of(p.name);
        return row && row->name == name;
    });
}

std::string size_text(const PopulationInfo& population) {
    std::string text;
    for (std::size_t axis = 0; axis < population.shape.size(); ++axis)
        text += fmt::format("{}{} {}", axis ? " x " : "", population.shape[axis],
                            population.dims[axis]);
    return text;
}

DescribedTable populations_table(const std::vector<PopulationInfo>& populations) {
    DescribedTable table{"B",
                         "Populations",
                         {"name", "layer", "holds", "size", "tau"},
                         {0.15, 0.12, 0.31, 0.28, 0.14},
                         {}};
    for (const PopulationInfo& population : populations) {
        const analysis::PopulationEquation* row = analysis::equation_of(population.name);
        table.rows.push_back(
            {code(population.name),
             {population.layer},
             {row ? row->holds : population.symbol},
             {size_text(population)},
             {population.tau_ms > 0 ? number_text(population.tau_ms) + " ms" : ""}});
    }
    return table;
}

DescribedTable connectivity_table(const ExperimentSpec& spec,
                                  const std::vector<PopulationInfo>& populations) {
    DescribedTable table{
        "C", "Connectivity", {"from", "to", "weight", "rule"}, {0.13, 0.13, 0.16, 0.58}, {}};
    const auto is_there = [&](const std::string& end) {
        return end == "x" || end == "c" ? has_cortical_column(spec) : has(populations, end);
    };
    const AreaSpec& area = spec.area;
    const bool told_by_cells = has(populations, "L5match") || has(populations, "L5hidden");
    for (const analysis::Projection& p : analysis::projections())
        if (is_there(p.from) && is_there(p.to) && !(p.without_match && told_by_cells) &&
            !(area.has_fast_weights() ? p.through_gates : p.without_gates))
            table.rows.push_back({code(p.from), code(p.to), equation(p.weights), {p.rule}});
    if (area.spiking.on && area.spiking.embedded && has_cortical_column(spec))
        table.rows.push_back(
            {code("background"),
             code("all cells"),
             equation("w_cj"),
             {fmt::format("from the neurons of the microcircuit (Potjans & Diesmann "
                          "2014, scale {:g}) that a neuron of the cell's layer "
                          "would hear, drawn at random",
                          area.spiking.background_scale)}});
    return table;
}

DescribedTable dynamics_table(const ExperimentSpec& spec,
                              const std::vector<PopulationInfo>& populations) {
    DescribedTable table{"D", "Dynamics", {"part", "equation", "note"}, {0.17, 0.5, 0.33}, {}};
    for (const analysis::PopulationEquation& row : analysis::population_equations())
        if (has(populations, row.name))
            table.rows.push_back({code(row.name), equation(row.equation), {row.holds}});
    if (const Study* const study = study_of(spec))
        for (const auto& [part, words] : study->equations)
            table.rows.push_back({{part}, {words}, {""}});
    if (populations.empty()) return table;
    const AreaSpec& area = spec.area;
    const analysis::InhibitionLaw& law = analysis::inhibition_law(area.inhibition);
    table.rows.push_back(
        {{"inhibition"}, equation(law.equation), {fmt::format("{}; {}", law.rule, law.means)}});
    if (!has_cortical_column(spec)) return table;
    std::string score_summary;
    for (const ModelEntry& entry : entries(ScoreMechanisms{}))
        if (entry.name == area.score) score_summary = entry.summary + "; " + entry.source;
    if (!area.matched_by_bursts() && !area.has_hidden_cells()) // else it is what those cells do
        table.rows.push_back({{"score"},
                              equation(analysis::score_equation(area.score)),
                              {area.score + ": " + score_summary}});
    table.rows.push_back(
        {{"input of the maps"},
         equation(area.norm == Norm::pre ? "n = LN_1(x)" : "n = x"),
         {"norm " + written_value(spec, "column.norm") + ": " + meaning_of(spec, "column.norm")}});
    table.rows.push_back(
        {{"coding"}, {written_value(spec, "column.coding")}, {meaning_of(spec, "column.coding")}});
    if (area.dale) {
        table.rows.push_back({{"Dale's law"},
                              equation(analysis::dale_input),
                              {"weights of one sign; the mirror image for the other rate"}});
        table.rows.push_back({{"pairs of rates"},
                              equation(analysis::dale_rates),
                              {"each number is the difference of two rates"}});
    }
    if (!area.oscillation.imposed)
        table.rows.push_back({{"imposed rhythms"}, equation("G = 1"), {"none"}});
    else
        table.rows.push_back({{"imposed rhythms"},
                              equation("G(t) = 1 + A cos(2\u03c0 f t + \u03b8)"),
                              {"gamma on values and keys, beta on queries"}});
    table.rows.push_back({{"reference block"},
                          equation(analysis::block_equation),
                          {"double precision, the same weights and inputs"}});
    return table;
}

DescribedTable input_table(const ExperimentSpec& spec) {
    DescribedTable table{"E", "Input and task", {}, {0.25, 0.75}, {}};
    for (const TaskKind& kind : task_kinds())
        if (kind.name == spec.task.type)
            table.rows.push_back({{"task"}, {kind.name + ": " + kind.meaning}});
    if (table.rows.empty()) table.rows.push_back({{"task"}, {meaning_of(spec, "task.type")}});
    for (const Field& field : fields()) {
        const bool of_the_task = field.path.rfind("task.", 0) == 0 && field.path != "task.type" &&
                                 field.path.rfind("task.decision.", 0) != 0;
        if (!of_the_task || !field.get || !field.applies(spec)) continue;
        const std::string value = yaml_text(field, spec);
        if (value.empty() || value == "\"\"") continue;
        table.rows.push_back({code(field.path.substr(5)), {value + " (" + field.meaning + ")"}});
    }
    return table;
}

DescribedTable measurements_table(const ExperimentSpec& spec) {
    DescribedTable table{
        "F", "Measurements", {"measure", "definition", "note"}, {0.27, 0.4, 0.33}, {}};
    if (has_cortical_column(spec)) {
        table.rows.push_back({{"output_relative_error"},
                              equation(analysis::output_error),
                              {"column against reference block, all tokens"}});
        table.rows.push_back({{"attention_kl_bits"},
                              equation(analysis::attention_kl),
                              {"mean over rows and heads"}});
        table.rows.push_back({{"settle_time_ms"},
                              equation(analysis::settled_when),
                              {"from then on for every head, until the presentation ends"}});
        for (const char* what : {"rates", "attention"})
            table.rows.push_back(
                {{what},
                 {"/" + std::string(what) + " of results.h5"},
                 {"recorded every " + written_value(spec, fmt::format("record.{}.every", what))}});
    } else {
        for (const ResultsGroup& group : study_of(spec)->groups)
            table.rows.push_back(
                {{group.meaning}, {fmt::format("/{} of results.h5", group.name)}, {""}});
    }
    table.rows.push_back(
        {{"intervals"},
         {written_value(spec, "analysis.ci")},
         {"bootstrap with " + written_value(spec, "analysis.bootstrap") + " draws"}});
    return table;
}

bool of_the_model(const Field& field) {
    for (const char* head :
         {"simulation.", "circuit.", "column.", "oscillation.", "memory.", "task.decision."})
        if (field.path.rfind(head, 0) == 0) return true;
    return false;
}

DescribedTable parameters_table(const ExperimentSpec& spec) {
    DescribedTable table{"G",
                         "Parameters",
                         {"key", "symbol", "value", "meaning", "source"},
                         {0.27, 0.09, 0.14, 0.28, 0.22},
                         {}};
    for (const Field& field : fields()) {
        if (!of_the_model(field) || !field.get || !field.applies(spec)) continue;
        table.rows.push_back({code(field.path),
                              field.symbol.empty() ? Cell{} : equation(field.symbol),
                              {yaml_text(field, spec)},
                              {field.meaning},
                              {field.source}});
    }
    return table;
}

DescribedTable summary_table(const ExperimentSpec& spec,
                             const std::vector<PopulationInfo>& populations) {
    const AreaSpec& area = spec.area;
    DescribedTable table{"A", "Model summary", {}, {0.18, 0.82}, {}};
    const auto row = [&](const char* name, const std::string& text) {
        table.rows.push_back({{name}, {text}});
    };
    row("name", spec.title.empty() ? spec.name : spec.title);
    if (!spec.question.empty()) row("question", spec.question);
    const auto rest = [&] {
        row("seed", std::to_string(spec.seed));
        if (!spec.source.empty()) row("sources", spec.source);
        row("simulator", version_text());
    };
    if (has_network(spec)) {
        for (const auto& cells : network_summary(spec)) table.rows.push_back(cells);
        rest();
        return table;
    }
    const bool spikes = area.spiking.on && has_cortical_column(spec);
    row("populations",
        spikes ? fmt::format("{}; {} neurons for each rate and gate, {} of each rate heard by a "
                             "cell, {} for each PV pool{}",
                             populations.size(), area.spiking.n_neurons,
                             std::min(area.spiking.in_degree, area.spiking.n_neurons),
                             area.spiking.PV_neurons,
                             area.matched_by_bursts()
                                 ? fmt::format(", {} for each sign of a query, a key and one of "
                                               "their dimensions",
                                               area.spiking.match_neurons)
                             : area.has_hidden_cells()
                                 ? fmt::format(", {} hidden cells for each gate", area.score_units)
                             : area.has_fast_weights() ? "; fast weights, no gates"
                                                       : "")
               : fmt::format("{} of rate units", populations.size()));
    if (has_cortical_column(spec)) {
        row("topology",
            fmt::format("{} columns, {} heads, d_model {}, d_head {}, d_ff {}", area.columns,
                        area.heads, area.d_model, area.d_head, area.d_ff));
        row("connectivity",
            fmt::format("attention {}: {}; weights {}: {}", written_value(spec, "column.attention"),
                        meaning_of(spec, "column.attention"), spec.weights.kind,
                        meaning_of(spec, "column.weights.kind")));
    } else {
        row("topology", populations.empty()
                            ? study_of(spec)->alone
                            : fmt::format("one row of {} gates and its PV", area.columns));
    }
    const Study* const study = study_of(spec);
    row("unit model",
        spikes
            ? fmt::format(
                  "{}, driven to the rates of table D{}{}{}", area.spiking.cell,
                  area.spiking.embedded ? ", within the microcircuit of Potjans & Diesmann (2014)"
                                        : "",
                  area.has_fast_weights() ? "" : "; gates with escape noise",
                  area.matched_by_bursts()  ? "; two_compartment_burst where queries meet keys"
                  : area.has_hidden_cells() ? "; escape noise without a membrane where queries "
                                              "meet keys"
                                            : "")
        : study ? study->units
                : "first-order relaxation (table D)");
    row("plasticity", spikes && area.has_fast_weights()
                          ? "fast weights that spikes of keys write by traces of values (table D)"
                          : "none");
    row("input", written_value(spec, "task.type") + ": " + meaning_of(spec, "task.type"));
    row("measurements", has_cortical_column(spec)
                            ? "column against reference block, rates, attention (table F)"
                            : fmt::format("{} (table F)", study_of(spec)->alone));
    if (!populations.empty())
        row("integration", fmt::format("dt = {}; {}: {}", written_value(spec, "simulation.dt"),
                                       written_value(spec, "simulation.integrator"),
                                       meaning_of(spec, "simulation.integrator")));
    rest();
    return table;
}

DescribedTable factors_table(const ExperimentSpec& spec) {
    DescribedTable table{
        "H", "Factors crossed within the run", {"key", "values"}, {0.45, 0.55}, {}};
    for (const VaryFactor& factor : spec.vary) {
        if (factor.levels.empty())
            table.rows.push_back(
                {code(factor.path), {fmt::format("{}", fmt::join(factor.values, ", "))}});
        for (std::size_t i = 0; i < factor.levels.size(); ++i) {
            std::string settings;
            for (const Setting& setting : factor.levels[i])
                settings += (settings.empty() ? "" : ", ") + setting.path + " = " + setting.value;
            table.rows.push_back({code(factor.path + " " + factor.values[i]), {settings}});
        }
    }
    return table;
}

// ---- Markdown

std::string escaped(const std::string& text, const char* special, const char* replacement) {
    std::string out;
    for (const char c : text) {
        if (std::string(special).find(c) != std::string::npos) out += replacement;
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string markdown_cell(const Cell& cell) {
    if (cell.text.empty()) return "";
    switch (cell.kind) {
    case Cell::Kind::equation: {
        // a bar would end the cell
        std::string tex = analysis::equation_tex(cell.text);
        for (std::size_t at; (at = tex.find("\\|")) != std::string::npos;)
            tex.replace(at, 2, "\\Vert ");
        return "$" + tex + "$";
    }
    case Cell::Kind::code:
        return "`" + cell.text + "`";
    case Cell::Kind::words:
        break;
    }
    return escaped(cell.text, "|*_<$\\", "\\");
}

// ---- TeX

std::string tex_words(const std::string& text) {
    std::string out;
    for (const char c : text) switch (c) {
        case '\\':
            out += "\\textbackslash{}";
            break;
        case '^':
            out += "\\textasciicircum{}";
            break;
        case '~':
            out += "\\textasciitilde{}";
            break;
        case '<':
        case '>':
            out += fmt::format("${}$", c);
            break;
        case '\n':
            out += ' ';
            break;
        default:
            if (std::string("{}$&#%_").find(c) != std::string::npos) out += '\\';
            out += c;
        }
    return out;
}

std::string tex_cell(const Cell& cell) {
    if (cell.text.empty()) return "";
    switch (cell.kind) {
    case Cell::Kind::equation:
        return "$" + analysis::equation_tex(cell.text) + "$";
    case Cell::Kind::code: {
        // a long key may go on in the next line
        std::string out = tex_words(cell.text);
        for (std::size_t at = 0; (at = out.find_first_of("._", at)) != std::string::npos;) {
            out.insert(at + 1, "\\allowbreak ");
            at += 2;
        }
        return "\\texttt{" + out + "}";
    }
    case Cell::Kind::words:
        break;
    }
    return tex_words(cell.text);
}

template <class Render>
std::vector<std::string> rendered(const std::vector<Cell>& row, Render cell) {
    std::vector<std::string> out;
    for (const Cell& c : row) out.push_back(cell(c));
    return out;
}

} // namespace

std::vector<DescribedTable> describe(const ExperimentSpec& spec) {
    if (has_network(spec)) {
        std::vector<DescribedTable> tables = {summary_table(spec, {})};
        for (DescribedTable& table : describe_network(spec)) tables.push_back(std::move(table));
        tables.push_back(parameters_table(spec));
        if (!spec.vary.empty()) tables.push_back(factors_table(spec));
        return tables;
    }
    const std::vector<PopulationInfo> populations = populations_of(spec);
    std::vector<DescribedTable> tables = {summary_table(spec, populations),
                                          populations_table(populations),
                                          connectivity_table(spec, populations),
                                          dynamics_table(spec, populations),
                                          input_table(spec),
                                          measurements_table(spec),
                                          parameters_table(spec)};
    if (!spec.vary.empty()) tables.push_back(factors_table(spec));
    return tables;
}

std::string describe_markdown(const ExperimentSpec& spec,
                              const std::vector<DescribedTable>& tables) {
    std::string out = fmt::format("# {}\n", spec.title.empty() ? spec.name : spec.title);
    for (const DescribedTable& table : tables) {
        out += fmt::format("\n## {}: {}\n\n", table.letter, table.caption);
        const std::size_t width = table.widths.size();
        std::string line = "|", rule = "|";
        for (std::size_t column = 0; column < width; ++column) {
            line += fmt::format(" {} |", table.header.empty() ? "" : table.header[column]);
            rule += "---|";
        }
        out += line + "\n" + rule + "\n";
        for (const auto& row : table.rows)
            out += fmt::format("| {} |\n", fmt::join(rendered(row, markdown_cell), " | "));
    }
    return out;
}

std::string describe_tex(const ExperimentSpec& spec, const std::vector<DescribedTable>& tables) {
    std::string out = fmt::format("% Tables of the experiment {}, made by {}.\n"
                                  "% Needs \\usepackage{{booktabs,longtable,array}}.\n",
                                  spec.name, version_text());
    for (const DescribedTable& table : tables) {
        // the gaps between columns take their part of the line
        const double for_columns = 1 - 0.03 * double(table.widths.size() - 1);
        std::string columns;
        for (const double share : table.widths)
            columns += fmt::format(">{{\\raggedright\\arraybackslash}}p{{{:.3f}\\linewidth}}",
                                   for_columns * share);
        out += fmt::format("\n\\begin{{longtable}}{{@{{}}{}@{{}}}}\n\\caption{{{}. {}}}\\\\\n"
                           "\\toprule\n",
                           columns, table.letter, table.caption);
        if (!table.header.empty()) {
            std::vector<std::string> header;
            for (const std::string& word : table.header)
                header.push_back("\\textbf{" + tex_words(word) + "}");
            out += fmt::format("{} \\\\\n\\midrule\n", fmt::join(header, " & "));
        }
        out += "\\endhead\n";
        for (const auto& row : table.rows)
            out += fmt::format("{} \\\\\n", fmt::join(rendered(row, tex_cell), " & "));
        out += "\\bottomrule\n\\end{longtable}\n";
    }
    return out;
}

} // namespace lamina
