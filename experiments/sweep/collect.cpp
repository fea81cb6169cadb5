#include "experiments/sweep/collect.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analysis/csv_text.hpp"
#include "experiments/progress.hpp"
#include "experiments/resolved_spec.hpp"
#include "experiments/run_record.hpp"
#include "experiments/sweep/sweep_axes.hpp"
#include "experiments/sweep/sweep_numbers.hpp"
#include "experiments/version.hpp"
#include "sim/run_file/image.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/run_directory.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const std::vector<std::string> names_of_our_own = {"point", "id", "seed", "state", "replicate"};
const std::vector<std::string> point_states = {"waiting", "running", "done", "failed", "invalid"};

/// What is known of an expectation after some points.
struct ExpectedOfPoints {
    std::string path, relation;
    std::int64_t n = 0, n_met = 0;
};

/// Everything that a collection writes, before it is written.
struct Collected {
    Collected(const ExperimentSpec& base, std::int64_t n_points)
        : dimensions(dimensions_of(base, names_of_our_own)),
          numbers(n_points, taken_by(dimensions)) {}

    static std::vector<std::string> taken_by(const std::vector<SweepDimension>& dimensions) {
        std::vector<std::string> taken = names_of_our_own;
        for (const SweepDimension& dimension : dimensions) {
            taken.push_back(dimension.name);
            for (const SweepColumn& column : dimension.columns) taken.push_back(column.name);
        }
        return taken;
    }

    std::vector<SweepDimension> dimensions;
    SweepNumbers numbers;
    std::vector<std::uint8_t> states; ///< [points] of point_states
    std::vector<std::string> ids;     ///< [points]
    std::vector<std::uint64_t> seeds; ///< [points]
    std::vector<ExpectedOfPoints> expected;
    std::string hashes;                      ///< runs.sha256
    std::map<std::string, int> n_of_release; ///< points by the commit that ran them
};

std::uint8_t state_of(const SweepDirectory& sweep, std::int64_t point, const PointBooks& books) {
    if (sweep.is_invalid(point)) return 4;
    switch (books.state) {
    case PointState::running:
        return 1;
    case PointState::done:
        return 2;
    case PointState::failed:
        return 3;
    case PointState::waiting:
    case PointState::stopped:
        return 0;
    }
    return 0;
}

void collect_run(const SweepDirectory& sweep, const SweepPoint& point, const PointBooks& books,
                 Collected& out) {
    const fs::path folder = sweep.run_of(point);
    const std::string found = sha256_of_file(folder / "run.json");
    if (found != books.sha256)
        throw DamagedFile(fmt::format(
            "{} was changed after its point was done: its SHA-256 is {}, the books of the sweep "
            "have {}; take {} away and run `lamina resume {}`",
            (folder / "run.json").string(), found, books.sha256, folder.string(),
            sweep.path().string()));
    const RunDirectory run = RunDirectory::open(folder);
    out.numbers.add(point.number, run.summary());
    for (const Json& line : run.run().value("expect", Json::array()))
        for (ExpectedOfPoints& one : out.expected)
            if (line.value("path", "") == one.path && line.value("relation", "") == one.relation) {
                ++one.n;
                one.n_met += line.value("met", false) ? 1 : 0;
            }
    ++out.n_of_release[run.run().value("git", "unknown")];
    out.hashes += fmt::format("{}  points/{}/run.json\n", found, point.id);
}

Collected read_points(const SweepDirectory& sweep, const std::vector<PointBooks>& books) {
    const SweepPlan& plan = sweep.plan();
    Collected out(plan.base(), plan.n_points());
    for (const Expectation& one : plan.base().expect)
        out.expected.push_back({one.path, fmt::format("{} {:g}", one.relation, one.bound)});
    Progress progress("points collected", plan.n_points(), plan.n_points() < 2000);
    for (std::int64_t n = 0; n < plan.n_points(); ++n) {
        const SweepPoint point = plan.point(n);
        const PointBooks& its = books[std::size_t(n)];
        out.ids.push_back(point.id);
        out.seeds.push_back(point.seed);
        out.states.push_back(state_of(sweep, n, its));
        // one that was changed is not what its name says: collect_run refuses it
        if (its.state == PointState::done || its.changed) collect_run(sweep, point, its, out);
        progress.tick();
    }
    return out;
}

// ------------------------------------------------------------------------------ summary.h5

void add_sweep_axes(Image& image, const std::vector<SweepDimension>& dimensions, int replicates) {
    for (const SweepDimension& dimension : dimensions) {
        if (!dimension.has_coordinate()) image.dimension("", dimension.name, dimension.n_steps());
        for (const SweepColumn& column : dimension.columns) {
            std::vector<std::int64_t> whole;
            if (column.whole) whole.assign(column.numbers.begin(), column.numbers.end());
            const Values values = column.whole     ? Values(whole)
                                  : column.numeric ? Values(column.numbers)
                                                   : Values(column.labels);
            if (dimension.has_coordinate())
                image.coordinate("", column.name, values, column.units, column.path);
            else
                image.variable("", column.name, {dimension.name}, values, column.units,
                               column.path);
            image.attribute(column.name, "path", column.path);
        }
    }
    std::vector<std::int64_t> numbers;
    for (int i = 0; i < replicates; ++i) numbers.push_back(i);
    image.coordinate("", "replicate", numbers, "1", "number of the repetition of a place");
}

std::vector<std::byte> summary_image(const SweepDirectory& sweep, const Collected& points) {
    const ExperimentSpec& base = sweep.plan().base();
    Json spec = resolved_json(base);
    spec.erase("sweep");
    Image image;
    image.attribute("", "title", base.title.empty() ? base.name : base.title);
    if (!base.question.empty()) image.attribute("", "question", base.question);
    image.attribute("", "Conventions", "CF-1.10");
    image.attribute("", "lamina_format", 1);
    image.attribute("", "lamina_version", sweep.facts()["version"].get<std::string>());
    image.attribute("", "lamina_kind", "sweep");
    image.attribute("", "spec", spec.dump());
    image.attribute("", "spec_sha256", sha256_of(spec.dump()));
    image.attribute("", "plan_sha256", sweep.facts()["plan_sha256"].get<std::string>());
    image.attribute("", "seed", std::uint64_t(base.seed));

    add_sweep_axes(image, points.dimensions, base.sweep.replicates);
    std::vector<std::string> all;
    std::string coordinates = "point id seed";
    for (const SweepDimension& dimension : points.dimensions) {
        all.push_back(dimension.name);
        for (const SweepColumn& column : dimension.columns)
            if (column.name != dimension.name) coordinates += " " + column.name;
    }
    all.emplace_back("replicate");
    image.attribute("", "coordinates", coordinates);

    std::vector<std::int64_t> numbers;
    for (std::int64_t n = 0; n < sweep.plan().n_points(); ++n) numbers.push_back(n);
    image.variable("", "point", all, numbers, "1", "number of the point");
    image.variable("", "id", all, points.ids, "1", "name of its directory under points/");
    image.variable("", "seed", all, points.seeds, "1", "seed of the point");
    image.flags("", "state", all, points.states, {0, 1, 2, 3, 4}, point_states,
                "what has become of the point");
    for (const SweepNumber& number : points.numbers.all()) {
        image.variable("", number.name, all, number.values, number.units, number.path);
        image.attribute(number.name, "path", number.path);
    }
    return image.finish();
}

// ------------------------------------------------------------------------------ tables

std::string results_csv(const SweepPlan& plan, const Collected& points) {
    std::vector<std::string> header = {"number", "id"};
    header.insert(header.end(), plan.columns().begin(), plan.columns().end());
    for (const char* name : {"replicate", "seed", "state"}) header.emplace_back(name);
    for (const SweepNumber& number : points.numbers.all())
        if (!number.is_part) header.push_back(number.path);
    analysis::Csv csv(header);
    for (std::int64_t n = 0; n < plan.n_points(); ++n) {
        const SweepPoint point = plan.point(n);
        csv << std::to_string(n) << point.id;
        for (const std::string& label : point.labels) csv << label;
        csv << std::to_string(point.replicate) << std::to_string(point.seed)
            << point_states[points.states[std::size_t(n)]];
        for (const SweepNumber& number : points.numbers.all())
            if (!number.is_part) csv << number.values[std::size_t(n)];
        csv.end_row();
    }
    return csv.text();
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string values_text(const SweepPlan& plan, const SweepPoint& point) {
    std::string out;
    for (std::size_t i = 0; i < point.labels.size(); ++i)
        out += fmt::format("{}{}={}", i == 0 ? "" : " ", plan.columns()[i], point.labels[i]);
    return out;
}

std::string failed_csv(const SweepPlan& plan, const Collected& points,
                       const std::vector<PointBooks>& books) {
    analysis::Csv csv({"number", "id", "values", "replicate", "seed", "reason"});
    for (std::int64_t n = 0; n < plan.n_points(); ++n) {
        if (point_states[points.states[std::size_t(n)]] != "failed") continue;
        const SweepPoint point = plan.point(n);
        csv << std::to_string(n) << point.id << values_text(plan, point)
            << std::to_string(point.replicate) << std::to_string(point.seed)
            << first_line(books[std::size_t(n)].reason);
        csv.end_row();
    }
    return csv.text();
}

// ------------------------------------------------------------------------------ run.json

Json settings_json(const SweepPlan& plan, const SweepPoint& point) {
    Json settings = Json::object();
    for (std::size_t i = 0; i < point.labels.size(); ++i)
        settings[plan.columns()[i]] = point.labels[i];
    return settings;
}

/// The place whose mean over replicates is best: by the first expectation, else by the error of
/// the output. Null when no point has such a number.
Json best_place(const SweepPlan& plan, const SweepNumbers& numbers) {
    const ExperimentSpec& base = plan.base();
    const Expectation measure = base.expect.empty()
                                    ? Expectation{"comparison.output_relative_error", "<", 0}
                                    : base.expect.front();
    const SweepNumber* const number = numbers.find(measure.path);
    if (!number) return nullptr;
    const bool largest = measure.relation[0] == '>', smallest = measure.relation[0] == '<';
    const auto n_replicates = std::size_t(base.sweep.replicates);
    std::size_t best = 0;
    std::int64_t best_n = 0;
    double best_mean = NAN, best_rank = INFINITY;
    for (std::size_t place = 0; place < number->values.size(); place += n_replicates) {
        double sum = 0;
        std::int64_t n = 0;
        for (std::size_t i = place; i < place + n_replicates; ++i)
            if (std::isfinite(number->values[i])) sum += number->values[i], ++n;
        if (n == 0) continue;
        const double mean = sum / double(n);
        const double rank = largest ? -mean : smallest ? mean : std::fabs(mean - measure.bound);
        if (rank < best_rank) best = place, best_n = n, best_mean = mean, best_rank = rank;
    }
    if (best_n == 0) return nullptr;
    // the first of its replicates that has a value stands for it
    while (!std::isfinite(number->values[best])) ++best;
    const SweepPoint point = plan.point(std::int64_t(best));
    return {{"path", measure.path},
            {"sense", largest    ? "largest"
                      : smallest ? "smallest"
                                 : "nearest"},
            {"mean", best_mean},
            {"n", best_n},
            {"number", point.number},
            {"id", point.id},
            {"settings", settings_json(plan, point)}};
}

/// Reasons of failures, those of most points first.
Json failures_json(const SweepPlan& plan, const Collected& points,
                   const std::vector<PointBooks>& books) {
    struct Failure {
        std::string reason;
        std::int64_t first, n;
    };
    std::vector<Failure> failures;
    std::map<std::string, std::size_t> known;
    for (std::size_t n = 0; n < books.size(); ++n) {
        if (point_states[points.states[n]] != "failed") continue;
        const std::string reason = first_line(books[n].reason);
        const auto [at, is_new] = known.emplace(reason, failures.size());
        if (is_new) failures.push_back({reason, std::int64_t(n), 0});
        ++failures[at->second].n;
    }
    std::stable_sort(failures.begin(), failures.end(),
                     [](const Failure& a, const Failure& b) { return a.n > b.n; });
    constexpr std::size_t most = 20;
    if (failures.size() > most) failures.resize(most);
    Json out = Json::array();
    for (const Failure& one : failures) {
        const SweepPoint point = plan.point(one.first);
        out.push_back({{"reason", one.reason},
                       {"points", one.n},
                       {"first", point.id},
                       {"settings", settings_json(plan, point)}});
    }
    return out;
}

Json axes_json(const std::vector<SweepDimension>& dimensions) {
    Json axes = Json::array();
    for (const SweepDimension& dimension : dimensions) {
        Json columns = Json::array();
        for (const SweepColumn& column : dimension.columns)
            columns.push_back(
                {{"path", column.path}, {"variable", column.name}, {"units", column.units}});
        axes.push_back({{"axis", dimension.axis},
                        {"dimension", dimension.name},
                        {"steps", dimension.n_steps()},
                        {"columns", columns}});
    }
    return axes;
}

Json sweep_json(const SweepDirectory& sweep, const Collected& points, const SweepCounts& counts,
                const std::vector<PointBooks>& books) {
    const ExperimentSpec& base = sweep.plan().base();
    const Json& facts = sweep.facts();
    const BuildInfo& build = build_info();
    double seconds = 0;
    for (const PointBooks& one : books)
        if (one.state == PointState::done) seconds += one.seconds;
    Json spec = resolved_json(base);
    spec.erase("sweep");
    Json expect = Json::array();
    for (const ExpectedOfPoints& one : points.expected)
        expect.push_back({{"path", one.path},
                          {"relation", one.relation},
                          {"n", one.n},
                          {"n_met", one.n_met},
                          {"met", one.n > 0 && one.n_met == one.n}});
    Json warnings = Json::array();
    for (const auto& [git, n] : points.n_of_release)
        if (facts["git"] != git)
            warnings.push_back(fmt::format("warning: {} of the points were run by {}, the sweep "
                                           "was planned by {}",
                                           n, git, facts["git"].get<std::string>()));
    Json numbers = Json::object();
    for (const SweepNumber& number : points.numbers.all())
        if (!number.is_part) numbers[number.path] = number.name;
    const bool whole = counts.waiting + counts.running == 0;
    return {{"lamina_format", 1},
            {"kind", "sweep"},
            {"state", whole ? "complete" : "partial"},
            {"name", base.name},
            {"title", base.title},
            {"question", base.question},
            {"source", base.source},
            {"version", build.version},
            {"git", build.git},
            {"compiler", build.compiler},
            {"flags", build.flags},
            {"argv", facts["argv"]},
            {"file", facts["file"]},
            {"seed", base.seed},
            {"started", facts["created"]},
            {"seconds", seconds},
            {"inputs", facts["inputs"]},
            {"spec_folder", facts["spec_folder"]},
            {"plan_sha256", facts["plan_sha256"]},
            {"axes", axes_json(points.dimensions)},
            {"replicates", base.sweep.replicates},
            {"seeds", facts["seeds"]},
            {"numbers", numbers},
            {"spec", spec},
            {"summary",
             {{"points",
               {{"number", counts.n_points},
                {"done", counts.done},
                {"failed", counts.failed},
                {"invalid", counts.invalid},
                {"running", counts.running},
                {"waiting", counts.waiting}}},
              {"best", best_place(sweep.plan(), points.numbers)}}},
            {"failures", failures_json(sweep.plan(), points, books)},
            {"expect", expect},
            {"warnings", warnings}};
}

std::string sweep_readme(const ExperimentSpec& base) {
    return fmt::format("{}\n{}\n\n"
                       "A sweep of Lamina: one run for each point, in points/, and their numbers "
                       "together.\n"
                       "Open report.html in a browser. In Python:\n\n"
                       "    import xarray as xr\n"
                       "    xr.open_dataset(\"summary.h5\")\n\n"
                       "results.csv has the same numbers, one line for each point.\n"
                       "A point alone:  lamina run points/ID/spec.resolved.yaml\n"
                       "Go on:          lamina resume .\n"
                       "Check:          lamina verify .\n",
                       base.title.empty() ? base.name : base.title, base.question);
}

/// The files that a collection has listed; none where there was none that can be read.
std::set<std::string> collected_files(const fs::path& sweep) {
    std::set<std::string> names;
    try {
        const RunDirectory run = RunDirectory::open(sweep);
        for (const ListedFile& file : run.files()) names.insert(file.name);
    } catch (const std::exception&) {}
    return names;
}

} // namespace

SweepCounts collect_sweep(const SweepDirectory& sweep, const Ledger& ledger) {
    const std::vector<PointBooks> books = points_of(sweep, ledger);
    const SweepCounts counts = count_points(sweep, books);
    const Collected points = read_points(sweep, books);
    const std::set<std::string> earlier = collected_files(sweep.path());

    RunWriter writer(Folder::open(sweep.path()));
    for (const char* planned : {"sweep.json", "spec.yaml", "cells.csv"}) writer.adopt(planned);
    writer.write("summary.h5", summary_image(sweep, points));
    writer.write("results.csv", results_csv(sweep.plan(), points));
    if (counts.failed > 0) writer.write("failed.csv", failed_csv(sweep.plan(), points, books));
    writer.write("runs.sha256", points.hashes);
    writer.write("README.txt", sweep_readme(sweep.plan().base()));
    writer.finish(sweep_json(sweep, points, counts, books));
    write_report_and_seal(sweep.path().string());

    // what was there before and is no more: failures that were mended, figures without data
    const std::set<std::string> now = collected_files(sweep.path());
    std::error_code none;
    for (const std::string& name : earlier)
        if (!now.count(name)) fs::remove(sweep.path() / name, none);
    return counts;
}

} // namespace lamina
