/// The tables of `lamina describe` are those of the model that a run would build.
#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <set>

#include "analysis/equations.hpp"
#include "experiments/check_spec.hpp"
#include "experiments/describe.hpp"
#include "experiments/experiment.hpp"
#include "experiments/fields.hpp"
#include "experiments/shipped.hpp"
#include "models/catalogue.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina;
using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

const std::string root = LAMINA_SOURCE_DIR;

ExperimentSpec dms_with(const std::vector<std::string>& overrides_of_dms) {
    return read_checked_spec(root + "/experiments/dms.yaml", overrides_of_dms);
}

const DescribedTable& table_of(const std::vector<DescribedTable>& tables, const char* letter) {
    for (const DescribedTable& table : tables)
        if (table.letter == letter) return table;
    throw std::runtime_error(std::string("there is no table ") + letter);
}

std::set<std::string> first_column(const DescribedTable& table) {
    std::set<std::string> words;
    for (const auto& row : table.rows) words.insert(row[0].text);
    return words;
}

/// What stands in a row, by the name at its beginning.
std::string row_of(const DescribedTable& table, const std::string& name) {
    std::string text;
    for (const auto& row : table.rows)
        if (row[0].text == name)
            for (const DescribedCell& cell : row) text += cell.text + " | ";
    return text;
}

/// Braces of TeX close in order, and every dollar sign has its partner.
bool is_balanced(const std::string& tex) {
    int depth = 0, n_dollars = 0;
    for (std::size_t i = 0; i < tex.size(); ++i) {
        if (tex[i] == '\\') {
            ++i;
            continue;
        }
        depth += tex[i] == '{' ? 1 : tex[i] == '}' ? -1 : 0;
        n_dollars += tex[i] == '$';
        if (depth < 0) return false;
    }
    return depth == 0 && n_dollars % 2 == 0;
}

bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 127; });
}

} // namespace

TEST_CASE("describe: populations, sizes and time constants are those of the circuit") {
    using Overrides = std::vector<std::string>;
    for (const Overrides& overrides :
         {Overrides{}, Overrides{"column.norm=pre", "column.d_ff=32"},
          Overrides{"column.norm=post", "column.d_ff=32"}, Overrides{"column.coding=opponent"},
          Overrides{"column.tau.PV_lag=1 ms"}, Overrides{"column.inhibition=oracle"},
          Overrides{"column.dale=true", "column.d_ff=32"}}) {
        INFO((overrides.empty() ? "" : overrides[0]));
        const ExperimentSpec spec = dms_with(overrides);
        const auto tables = describe(spec);
        const DescribedTable& table = table_of(tables, "B");
        const auto populations = prepare(Variant{"base", {}, spec}).populations;
        REQUIRE(table.rows.size() == populations.size());
        for (const PopulationInfo& population : populations) {
            const std::string row = row_of(table, population.name);
            INFO(population.name << ": " << row);
            CHECK(row.find(std::to_string(population.shape[0]) + " " + population.dims[0]) !=
                  std::string::npos);
            CHECK(row.find(" ms") != std::string::npos);
            // its equation is in table D, under the name that it stands for
            const analysis::PopulationEquation* equation = analysis::equation_of(population.name);
            REQUIRE(equation != nullptr);
            CHECK(row_of(table_of(tables, "D"), equation->name).find("d") != std::string::npos);
        }
        // an end of a projection is a population of table D, the input or the context
        const std::set<std::string> known = first_column(table_of(tables, "D"));
        for (const auto& row : table_of(tables, "C").rows)
            for (const std::size_t end : {0, 1}) {
                INFO(row[0].text << " to " << row[1].text);
                const bool outside = row[end].text == "x" || row[end].text == "c";
                CHECK((outside || known.count(row[end].text) == 1));
            }
    }
}

TEST_CASE("describe: what is not in the model is not in its tables") {
    CHECK(row_of(table_of(describe(dms_with({})), "D"), "L23mlp").empty());
    CHECK(row_of(table_of(describe(dms_with({})), "C"), "L23mlp").empty());
    CHECK_FALSE(row_of(table_of(describe(dms_with({"column.d_ff=8"})), "D"), "L23mlp").empty());
    CHECK(row_of(table_of(describe(dms_with({})), "G"), "column.inhibition.kappa").empty());
    const auto finite = describe(dms_with({"column.inhibition=pv_finite"}));
    CHECK(row_of(table_of(finite, "G"), "column.inhibition.kappa").find("10") != std::string::npos);
    CHECK(row_of(table_of(finite, "D"), "inhibition").find("pv_finite") != std::string::npos);

    // cells that burst stand between queries, keys and gates
    const auto bursts = describe(read_checked_spec(root + "/experiments/burst_matching.yaml"));
    const auto bursts_C = table_of(bursts, "C");
    for (const auto& row : bursts_C.rows)
        CHECK((row[1].text != "L5gate" || row[0].text == "L5match" || row[0].text == "PV"));
    CHECK_FALSE(row_of(bursts_C, "L5match").empty());
    CHECK(row_of(table_of(bursts, "D"), "score").empty());
    CHECK_FALSE(row_of(table_of(describe(dms_with({})), "D"), "score").empty());

    // and so do hidden cells
    const auto hidden = describe(dms_with(
        {"simulation.mode=spiking", "column.PV_delay=0 ms", "column.score=additive_exponential"}));
    for (const auto& row : table_of(hidden, "C").rows)
        CHECK((row[1].text != "L5gate" || row[0].text == "L5hidden" || row[0].text == "PV"));
    CHECK_FALSE(row_of(table_of(hidden, "D"), "L5hidden").empty());
    CHECK(row_of(table_of(hidden, "D"), "score").empty());

    // the PV loop alone
    const auto loop = describe(read_checked_spec(root + "/experiments/softmax_loop.yaml"));
    CHECK(first_column(table_of(loop, "B")) == std::set<std::string>{"L5gate", "PV"});
    CHECK(row_of(table_of(loop, "C"), "x").empty());
}

TEST_CASE("describe: every parameter of the model stands there with the value of the spec") {
    const ExperimentSpec spec = dms_with(
        {"column.tau.gate=7 ms", "column.heads=2", "column.d_head=32", "simulation.dt=0.05 ms"});
    const DescribedTable table = table_of(describe(spec), "G");
    CHECK(row_of(table, "column.tau.gate").find("| 7 ms |") != std::string::npos);
    CHECK(row_of(table, "simulation.dt").find("| 0.05 ms |") != std::string::npos);
    for (const Field& field : fields()) {
        if (field.path.rfind("column.", 0) != 0 || !field.get || !field.applies(spec)) continue;
        INFO(field.path);
        CHECK(row_of(table, field.path).find("| " + yaml_text(field, spec) + " |") !=
              std::string::npos);
    }
    // factors of vary: have a table of their own
    CHECK(row_of(table_of(describe(read_checked_spec(root + "/experiments/gating.yaml")), "H"),
                 "oscillation.gamma.depth")
              .find(", ") != std::string::npos);
}

TEST_CASE("describe: every shipped experiment as Markdown and as TeX") {
    for (const ShippedExperiment& shipped : shipped_experiments()) {
        const bool needs_data = read_file(shipped.file).find("LAMINA_DATA") != std::string::npos;
        if (needs_data && !std::getenv("LAMINA_DATA")) {
            skip("no LAMINA_DATA: " + shipped.name + " was not described");
            continue;
        }
        INFO(shipped.name);
        const ExperimentSpec spec = read_checked_spec(shipped.file);
        const auto tables = describe(spec);
        const std::string tex = describe_tex(spec, tables);
        CHECK(is_balanced(tex));
        CHECK(is_ascii(tex));
        const std::string markdown = describe_markdown(spec, tables);
        // as many cells in each row of a table as in its first
        std::size_t n_cells = 0;
        std::istringstream lines(markdown);
        const std::regex bar("(^|[^\\\\])\\|");
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            const std::size_t n =
                std::distance(std::sregex_iterator(line.begin(), line.end(), bar), {});
            if (line.empty() || line[0] != '|')
                n_cells = 0;
            else if (n_cells == 0)
                n_cells = n;
            else
                CHECK(n == n_cells);
            CHECK(line.find(" $ ") == std::string::npos);
        }
    }
}

TEST_CASE("equations as TeX") {
    using analysis::equation_tex;
    CHECK(equation_tex("\u03c4 da_ij/dt = \u2212a_ij") == "\\tau da_{ij}/dt = -a_{ij}");
    CHECK(equation_tex("\u221ad_head + 1") == "\\sqrt{d_{\\mathrm{head}}} + 1");
    CHECK(equation_tex("Z^(1/(1 + \u03ba)) x") == "Z^{1/(1 + \\kappa )} x");
    CHECK(equation_tex("tau_g") == "\\tau_{g}");
    CHECK(equation_tex("lambda") == "\\lambda");
    CHECK(equation_tex("log\u2082(a)") == "\\log_2(a)");
    for (const ModelEntry& entry : entries(ScoreMechanisms{})) {
        const analysis::Equation& equation = analysis::score_equation(entry.name);
        INFO(entry.name << ": " << equation_tex(equation));
        CHECK(is_ascii(equation_tex(equation)));
        CHECK(is_balanced(equation_tex(equation)));
        CHECK(equation.find('|') == std::string::npos); // it would end a cell of a table
        // each has its own
        CHECK((equation == analysis::score_equation("multiplicative")) ==
              (entry.name == "multiplicative"));
    }
    for (const analysis::PopulationEquation& row : analysis::population_equations()) {
        INFO(row.name);
        CHECK(is_ascii(equation_tex(row.equation)));
        CHECK(is_balanced(equation_tex(row.equation)));
    }
}

TEST_CASE("describe --format tex is read by LaTeX", "[slow]") {
    if (run_process({"pdflatex", "--version"}).exit_code != 0 ||
        run_process({"kpsewhich", "booktabs.sty"}).exit_code != 0) {
        skip("no pdflatex with booktabs");
        return;
    }
    for (const char* name : {"dms", "softmax_loop", "attention"}) {
        INFO(name);
        const TemporaryDirectory folder;
        const auto tables =
            run_lamina({"describe", root + "/experiments/" + name + ".yaml", "--format", "tex"});
        REQUIRE(tables.exit_code == 0);
        write_file(folder.path() / "tables.tex", tables.out);
        write_file(folder.path() / "page.tex",
                   "\\documentclass{article}\\usepackage{booktabs,longtable,array}\n"
                   "\\begin{document}\\input{tables}\\end{document}\n");
        ProcessOptions there;
        there.directory = folder.path();
        const auto typeset = run_process(
            {"pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"}, there);
        INFO(typeset.out);
        CHECK(typeset.exit_code == 0);
    }
}
