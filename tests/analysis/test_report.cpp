#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/load_run.hpp"
#include "analysis/report.hpp"
#include "analysis/synthetic_run.hpp"
#include "sim/run_file/atomic_file.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::analysis;
using lamina::test::synthetic_run;
using lamina::test::SyntheticOptions;

namespace {

const std::string& text_of(const std::vector<ReportFile>& files, const std::string& name) {
    for (const ReportFile& file : files)
        if (file.name == name) return file.text;
    static const std::string none;
    return none;
}

std::set<std::string> figure_names(const RunData& run) {
    std::set<std::string> names;
    for (const ReportFigure& figure : figures_of(run)) names.insert(figure.file);
    return names;
}

/// Every element that is opened is closed in order: enough for our own output, which is XML-like.
std::string first_unbalanced(const std::string& html) {
    static const std::set<std::string> empty = {"meta", "input", "line", "rect", "path", "br"};
    std::vector<std::string> open;
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        if (html.compare(at, 2, "<!") == 0 || html.compare(at, 2, "<?") == 0) continue;
        const bool closing = html[at + 1] == '/';
        const std::size_t from = at + (closing ? 2 : 1);
        const std::size_t end = html.find('>', at);
        const std::size_t stop = std::min(html.find_first_of(" >/\n", from), end);
        const std::string name = html.substr(from, stop - from);
        if (closing) {
            if (open.empty() || open.back() != name) return name + " at " + html.substr(at, 60);
            open.pop_back();
        } else if (html[end - 1] != '/' && !empty.count(name)) {
            open.push_back(name);
            if (name == "script" || name == "style") at = html.find("</" + name, at) - 1;
        }
    }
    return open.empty() ? "" : "never closed: " + open.back();
}

} // namespace

TEST_CASE("a delayed match to sample is drawn from its task to its attention") {
    const RunData run = synthetic_run({"dms", 20, false, false, 0});
    const std::set<std::string> names = figure_names(run);
    for (const char* name :
         {"task_timeline", "behaviour_by_load", "reaction_times", "confusion", "activity_by_layer",
          "attention_example", "fidelity", "attention_over_time", "pv_normaliser"})
        CHECK(names.count(name) == 1);
    CHECK(names.count("factors") == 0);
    CHECK(names.count("loop_gain") == 0);
}

TEST_CASE("a section without data is absent, not empty") {
    const std::vector<ReportFile> loop = render_report(synthetic_run({"loop", 0, false, false, 0}));
    const std::string& page = text_of(loop, "report.html");
    CHECK(page.find("id=\"loop\"") != std::string::npos);
    for (const char* section :
         {"behaviour", "activity", "attention", "representations", "variants", "predictions"})
        CHECK(page.find("<section id=\"" + std::string(section) + "\"") == std::string::npos);
    CHECK(page.find("href=\"#behaviour\"") == std::string::npos);
}

TEST_CASE("the same run gives the same bytes") {
    const SyntheticOptions options{"dms", 10, true, false, 0};
    const std::vector<ReportFile> one = render_report(synthetic_run(options));
    const std::vector<ReportFile> two = render_report(synthetic_run(options));
    REQUIRE(one.size() == two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        INFO(one[i].name);
        CHECK(one[i].text == two[i].text);
    }
}

TEST_CASE("every page and drawing is balanced markup with numbered figures and alternative text") {
    for (const char* kind : {"dms", "objects", "attention", "gating", "pair", "loop"}) {
        INFO(kind);
        const RunData run = synthetic_run({kind, 10, std::string(kind) == "dms", false, 0});
        const std::vector<ReportFile> files = render_report(run);
        const std::string& page = text_of(files, "report.html");
        CHECK(first_unbalanced(page) == "");
        std::size_t n_figures = 0;
        for (const ReportFile& file : files) {
            if (file.name.find(".svg") == std::string::npos) continue;
            ++n_figures;
            INFO(file.name);
            CHECK(first_unbalanced(file.text) == "");
            CHECK(file.text.find("<desc id=\"fig-d\">") != std::string::npos);
            CHECK(file.text.find("\"nan") == std::string::npos);
            const std::string csv = file.name.substr(0, file.name.size() - 4) + ".csv";
            CHECK(text_of(files, csv).find('\n') != std::string::npos);
            CHECK(page.find("Figure " + std::to_string(n_figures) + ".") != std::string::npos);
        }
        CHECK(n_figures > 0);
        // nothing from elsewhere
        CHECK(page.find("src=\"http") == std::string::npos);
        CHECK(page.find("url(http") == std::string::npos);
    }
}

TEST_CASE("a figure's table of numbers has its names, its numbers, and quotes what needs quoting") {
    Csv csv({"name", "value"});
    csv << "plain" << 0.1;
    csv.end_row();
    csv << "with, comma and \"quote\"" << std::nan("");
    csv.end_row();
    CHECK(csv.text() == "name,value\nplain,0.1\n\"with, comma and \"\"quote\"\"\",\n");

    const RunData run = synthetic_run({"dms", 10, false, false, 0});
    const std::vector<BehaviourRow> rows = behaviour_of(run, {});
    const std::vector<ReportFile> files = render_report(run);
    const std::string& text = text_of(files, "figures/behaviour_by_load.csv");
    CHECK(std::count(text.begin(), text.end(), '\n') == 1 + static_cast<long>(rows.size()));
    CHECK(text.find("\nbase,1,10," + fmt::format("{}", rows[0].accuracy.value)) !=
          std::string::npos);
}

TEST_CASE("intervals share their power of ten and their decimals") {
    CHECK(with_interval({1.18e-7, 1.02e-7, 1.36e-7, 9}) ==
          "1.18 [1.02, 1.36]\u202f\u00d7\u202f10\u207b\u2077");
    CHECK(with_interval({0.005, -0.1234, 0.0873, 9}) == "0.005 [\u22120.123, 0.087]");
    CHECK(with_interval({1.0, -0.0001, 3.2, 9}, 2) == "1.0 [0.0, 3.2]");
    CHECK(with_interval({std::nan(""), 0, 0, 0}) == "\u2013");
}

TEST_CASE("text of the user's own is never markup") {
    const RunData run = synthetic_run({"dms", 10, true, true, 0});
    for (const ReportFile& file : render_report(run)) {
        INFO(file.name);
        if (file.name.find(".csv") != std::string::npos) continue;
        CHECK(file.text.find("<img") == std::string::npos);
        CHECK(file.text.find("<script>alert") == std::string::npos);
        CHECK(file.text.find("<svg onload") == std::string::npos);
        CHECK(file.text.find("<b>base") == std::string::npos);
        CHECK(first_unbalanced(file.text) == "");
    }
}

TEST_CASE("expectations are printed as pass or surprise, predictions with what would refute them") {
    const nlohmann::ordered_json predictions = nlohmann::ordered_json::array(
        {{{"statement", "PV carries log Z"},
          {"quantity", "PV rate"},
          {"effect", {{"value", 0.8}, {"low", 0.7}, {"high", 0.9}, {"unit", "1"}}},
          {"needed_n", 15},
          {"needed_what", "cells"},
          {"falsifier", "PV does not rise with the number of items"}}});
    ReportOptions options;
    options.predictions = &predictions;
    const std::vector<ReportFile> files =
        render_report(synthetic_run({"dms", 10, false, false, 0}), options);
    const std::string& page = text_of(files, "report.html");
    CHECK(page.find("class=\"pass\">pass") != std::string::npos);
    CHECK(page.find("class=\"surprise\">surprise") != std::string::npos);
    CHECK(page.find("0.800 [0.700, 0.900]") != std::string::npos);
    CHECK(page.find("15.0 cells") != std::string::npos);
    CHECK(page.find("PV does not rise with the number of items") != std::string::npos);
}

TEST_CASE("a trace puts its slider into the page, and only then a script") {
    const std::string with =
        text_of(render_report(synthetic_run({"dms", 4, true, false, 0})), "report.html");
    CHECK(with.find("id=\"trace-slider\"") != std::string::npos);
    const std::size_t from = with.find("id=\"trace-data\">") + 16;
    const nlohmann::json data =
        nlohmann::json::parse(with.substr(from, with.find("</script>", from) - from));
    CHECK(data["time"].size() == data["epoch"].size());
    // base64 of one byte per frame, head, query and key
    const std::size_t n_bytes = data["time"].size() * 4 * 16 * 16;
    CHECK(data["weights"].get<std::string>().size() == (n_bytes + 2) / 3 * 4);
    const std::string without =
        text_of(render_report(synthetic_run({"dms", 4, false, false, 0})), "report.html");
    CHECK(without.find("<script") == std::string::npos);
}

TEST_CASE("write_report leaves the page and the figures in the run directory") {
    const test::TemporaryDirectory scratch;
    test::write_synthetic_run(scratch.path() / "run", {"pair", 4, false, false, 0});
    const std::vector<std::string> names = write_report(scratch.path() / "run");
    CHECK(std::count(names.begin(), names.end(), "report.html") == 1);
    for (const std::string& name : names)
        CHECK(std::filesystem::exists(scratch.path() / "run" / name));
}

TEST_CASE("people stand beside the column without any data folder") {
    const char* before = std::getenv("LAMINA_DATA");
    const std::string kept = before ? before : "";
    ::unsetenv("LAMINA_DATA");
    const std::string page =
        text_of(render_report(synthetic_run({"dms", 10, false, false, 0})), "report.html");
    if (before) ::setenv("LAMINA_DATA", kept.c_str(), 1);
    CHECK(page.find("Rouder, Morey, Cowan") != std::string::npos);
    CHECK(page.find("behaviour_by_load.svg") != std::string::npos);
}

// not run by default: test_analysis "[gallery]" with LAMINA_GALLERY set to an empty folder writes
// one report of each kind there, to be looked at
TEST_CASE("gallery of reports", "[.gallery]") {
    const char* folder = std::getenv("LAMINA_GALLERY");
    REQUIRE(folder != nullptr);
    for (const char* kind : {"dms", "objects", "attention", "gating", "pair", "loop"}) {
        const std::filesystem::path path = std::filesystem::path(folder) / kind;
        test::write_synthetic_run(path, {kind, 50, std::string(kind) == "dms", false, 0});
        CHECK(!write_report(path).empty());
    }
}
