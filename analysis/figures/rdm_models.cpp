/// How like the dissimilarities of the column, of its rivals and of other people are to those of
/// people, with the noise ceiling.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/figures/representations.hpp"
#include "analysis/rsa/model_comparison.hpp"

namespace lamina::analysis {
namespace {

/// One set of people, as stored: columns of its group by model.
struct PeopleFits {
    std::string name;
    const RunData* run;
    std::string group() const { return "representations/" + name; }
    const std::vector<double>& numbers(const char* variable) const {
        return run->numbers(group(), variable);
    }
    double number(const char* variable) const { return numbers(variable).front(); }
    const std::vector<std::string>& models() const { return run->find(group(), "model")->words; }
    std::size_t index(const std::string& model) const {
        const auto& names = models();
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), model) -
                                        names.begin());
    }
    /// Differences from the column's confusion: row of `variable`.
    double against_column(const char* variable, std::size_t model) const {
        return numbers(variable)[index("confusion") * models().size() + model];
    }
    /// Confusion less model, both with the pooled RDM.
    Estimate column_less(std::size_t model) const {
        return {against_column("pooled_rho_difference", model),
                against_column("pooled_rho_difference_low", model),
                against_column("pooled_rho_difference_high", model),
                static_cast<std::int64_t>(n_rdms())};
    }
    std::size_t n_rdms() const { return numbers("subject").size(); }
    std::size_t n_subjects() const {
        const auto& subject = numbers("subject");
        return static_cast<std::size_t>(*std::max_element(subject.begin(), subject.end())) + 1;
    }
};

bool is_stage(const RunData& run, const std::string& model) {
    const Column* names = run.find("representations", "rdm");
    const auto& from_run = run.numbers("representations", "from_run");
    for (std::size_t i = 0; i < names->words.size(); ++i)
        if (names->words[i] == model) return from_run[i] != 0;
    return false;
}

/// Corrected p of every model: of its likeness being 0, and of its being that of the column.
struct Marks {
    std::vector<double> zero, column;
};

Marks marks_of(const PeopleFits& fits) {
    Marks marks;
    marks.zero = holm(fits.numbers("p"));
    std::vector<double> others;
    for (std::size_t m = 0; m < fits.models().size(); ++m)
        if (m != fits.index("confusion")) others.push_back(fits.against_column("p_mean_rho", m));
    others = holm(others);
    others.insert(others.begin() + static_cast<std::ptrdiff_t>(fits.index("confusion")), 1);
    marks.column = others;
    return marks;
}

Panel models_panel(const PeopleFits& fits) {
    const auto& mean = fits.numbers("mean_rho");
    const Marks marks = marks_of(fits);
    std::vector<std::size_t> order(mean.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return mean[a] > mean[b]; });

    Panel panel;
    panel.title = fmt::format("{} ({} RDMs of {} subjects)", title_of_rdm(fits.name), fits.n_rdms(),
                              fits.n_subjects());
    panel.y.label = "Spearman's \u03c1, mean over RDMs";
    panel.height_px = 230;
    Bars column, stages, others;
    column.label = "the column's confusions", column.colour = Colour::category(1);
    stages.label = "other stages of the run", stages.colour = Colour::category(0);
    others.label = "other people, other models", others.colour = Colour::muted();
    double highest = 0;
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::size_t m = order[place];
        const std::string& name = fits.models()[m];
        panel.x.categories.push_back(name == "confusion" ? "confusion" : title_of_rdm(name));
        Bars& bars = name == "confusion" ? column : is_stage(*fits.run, name) ? stages : others;
        bars.x.push_back(static_cast<double>(place));
        bars.y.push_back(mean[m]);
        bars.low.push_back(fits.numbers("mean_rho_low")[m]);
        bars.high.push_back(fits.numbers("mean_rho_high")[m]);
        highest = std::max(highest, bars.high.back());
        const std::string mark =
            std::string(marks.zero[m] < 0.05 ? "*" : "") + (marks.column[m] < 0.05 ? "\u2020" : "");
        if (!mark.empty())
            panel.notes.push_back(
                {static_cast<double>(place), bars.high.back(), mark, "middle", 0, -5});
    }
    for (Bars* bars : {&column, &stages, &others})
        if (!bars->x.empty()) panel.bars.push_back(*bars);

    // the ceiling over the whole width
    Line ceiling;
    ceiling.label = "noise ceiling";
    ceiling.colour = Colour::category(2);
    ceiling.width_px = 0.8;
    const double low = fits.number("ceiling_low"), high = fits.number("ceiling_high");
    ceiling.x = {-0.5, static_cast<double>(order.size()) - 0.5};
    ceiling.y = {high, high};
    ceiling.low = {low, low}, ceiling.high = {high, high};
    panel.lines.push_back(ceiling);
    panel.y.high = std::max(highest, high) * 1.1;
    return panel;
}

void add_model_rows(const PeopleFits& fits, SmallTable& table, Csv& csv) {
    const Marks marks = marks_of(fits);
    const auto estimate = [&](const char* stem, std::size_t m) {
        const std::string name = stem;
        return Estimate{fits.numbers(stem)[m], fits.numbers((name + "_low").c_str())[m],
                        fits.numbers((name + "_high").c_str())[m],
                        static_cast<std::int64_t>(fits.n_rdms())};
    };
    for (std::size_t m = 0; m < fits.models().size(); ++m) {
        const Estimate mean = estimate("mean_rho", m), pooled = estimate("pooled_rho", m),
                       by = fits.column_less(m);
        const bool self = m == fits.index("confusion");
        const double p = fits.against_column("p_pooled_rho", m);
        table.rows.push_back({title_of_rdm(fits.name), title_of_rdm(fits.models()[m]),
                              with_interval(mean), with_interval(pooled),
                              self ? "\u2013" : with_interval(by, 2),
                              self ? "\u2013" : readable(p, 2)});
        csv << fits.name << fits.models()[m] << mean.value << mean.low << mean.high
            << fits.numbers("p")[m] << marks.zero[m] << marks.column[m] << pooled.value
            << pooled.low << pooled.high << by.value << by.low << by.high << p
            << fits.number("ceiling_low") << fits.number("ceiling_high");
        csv.end_row();
    }
}

/// What the column adds to the pooled RDMs of other people, in words.
std::string added_to_people(const PeopleFits& fits, const std::vector<std::string>& people) {
    std::string words;
    for (const std::string& other : people) {
        if (other == fits.name) continue;
        const std::size_t m = fits.index(other);
        const Estimate by = fits.column_less(m);
        const char* verdict = by.low > 0    ? "more than"
                              : by.high < 0 ? "less than"
                                            : "not shown to differ from";
        words +=
            fmt::format(", {} the {:.3f} of pooled {} (difference {}, p = {})", verdict,
                        fits.numbers("pooled_rho")[m], title_of_rdm(other), with_interval(by, 2),
                        readable(fits.against_column("p_pooled_rho", m), 2));
    }
    return words;
}

} // namespace

std::optional<ReportFigure> rdm_models(const RunData& run, const FigureContext& context) {
    const std::vector<std::string> people = people_of(run);
    if (people.empty()) return std::nullopt;
    ReportFigure figure;
    figure.file = "rdm_models";
    figure.section = Section::representations;
    figure.title = "What people find alike, and what the column does";
    SmallTable table;
    table.caption = "Every comparison. Confusion less model: difference of their correlations with "
                    "the pooled RDM, and its p, not corrected.";
    table.header = {"people",
                    "model",
                    "\u03c1, mean over RDMs",
                    "\u03c1 with the pooled RDM",
                    "confusion less model",
                    "p"};
    Csv csv({"people", "model", "mean_rho", "mean_rho_low", "mean_rho_high", "p", "p_holm",
             "p_as_confusion_holm", "pooled_rho", "pooled_rho_low", "pooled_rho_high",
             "confusion_less_model", "confusion_less_model_low", "confusion_less_model_high",
             "p_pooled", "ceiling_low", "ceiling_high"});
    figure.caption =
        "Spearman correlation of each model's dissimilarities with the RDM of every "
        "subject, mean over them; whiskers are 95 % percentile intervals over " +
        std::to_string(context.confidence.resamples) +
        " bootstrap samples of stimuli and subjects. Band: noise ceiling, from the mean "
        "likeness to the pooled RDM of the others to that of the pooled RDM of all. "
        "* differs from 0, \u2020 differs from the column's confusions (p < 0.05, "
        "bootstrap, Holm-corrected over models).";
    for (const std::string& name : people) {
        const PeopleFits fits{name, &run};
        figure.drawing.panels.push_back(models_panel(fits));
        add_model_rows(fits, table, csv);
        figure.caption += fmt::format(
            " {}: {} RDMs of {} subjects, ceiling {:.3f} to {:.3f}{}; with their pooled RDM the "
            "column's confusions have {}{}.",
            title_of_rdm(name), fits.n_rdms(), fits.n_subjects(), fits.number("ceiling_low"),
            fits.number("ceiling_high"),
            fits.n_rdms() > fits.n_subjects() ? fmt::format(" (whole subjects left out: {:.3f})",
                                                            fits.number("ceiling_low_subjects"))
                                              : "",
            with_interval({fits.numbers("pooled_rho")[fits.index("confusion")],
                           fits.numbers("pooled_rho_low")[fits.index("confusion")],
                           fits.numbers("pooled_rho_high")[fits.index("confusion")], 0}),
            added_to_people(fits, people));
    }
    // stimuli that were made from measured dissimilarities carry them
    if (run.find("stimuli", "dissimilarity"))
        figure.caption += " The stimuli were made from measured dissimilarities (\"stimuli as "
                          "measured\"): the column adds something only where it exceeds them, and "
                          "likeness to the people who were measured shows nothing.";
    figure.drawing.columns = 1;
    figure.drawing.shared_legend = true;
    figure.csv = csv.text();
    figure.table = table;
    return figure;
}

} // namespace lamina::analysis
