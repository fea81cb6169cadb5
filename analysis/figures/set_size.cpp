/// Accounts of the set-size effect side by side: curves, what they foretell, and whether they can
/// be told apart.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"

namespace lamina::analysis {
namespace {

const std::string accounts_group = "set_size/accounts";

Panel curves(const RunData& run) {
    const std::vector<double>& load = run.numbers(accounts_group, "load");
    const std::vector<double>& fitted = run.numbers(accounts_group, "fitted");
    const Column& law = *run.find(accounts_group, "law_sd");
    Panel panel;
    panel.title = "recall error";
    panel.x.label = "set size (items)";
    panel.y.label = "circular SD of the error (deg)";
    panel.y.low = 0;
    panel.height_px = 260;
    for (std::size_t a = 0; a < law.shape[0]; ++a) {
        Line line;
        line.label = spoken(run.find(accounts_group, "account")->words[a]);
        line.colour = Colour::category(static_cast<int>(a));
        line.dashed = a == 1; // told apart without colour too
        line.marker = a == 2 ? Marker::triangle : Marker::none;
        line.x = load;
        for (std::size_t l = 0; l < load.size(); ++l) line.y.push_back(law.at({a, l}));
        panel.lines.push_back(line);
    }
    for (const bool is_fitted : {true, false}) {
        Points points;
        points.label = is_fitted ? "people, fitted" : "people, foretold";
        points.colour = Colour::ink();
        points.hollow = !is_fitted;
        for (std::size_t l = 0; l < load.size(); ++l) {
            if ((fitted[l] != 0) != is_fitted) continue;
            points.x.push_back(load[l]), points.y.push_back(run.numbers(accounts_group, "sd")[l]);
            points.low.push_back(run.numbers(accounts_group, "sd_low")[l]);
            points.high.push_back(run.numbers(accounts_group, "sd_high")[l]);
        }
        if (!points.x.empty()) panel.points.push_back(points);
    }
    return panel;
}

/// How much less likely the held-out trials are under each account than under the best.
Panel advantages(const RunData& run) {
    Panel panel;
    panel.title = "held-out set sizes";
    panel.y.label = "loss of log likelihood (nats)";
    panel.x.label = "account";
    panel.height_px = 260;
    const Column& account = *run.find(accounts_group, "account");
    // losses span decades: a logarithmic axis from one nat, the best account below it
    panel.y.log = true;
    panel.y.low = 0.5;
    double most = 1;
    for (std::size_t a = 0; a < account.words.size(); ++a) {
        panel.x.categories.push_back(spoken(account.words[a]));
        const double loss = -run.numbers(accounts_group, "held_out_advantage")[a];
        const double least = -run.numbers(accounts_group, "held_out_advantage_high")[a];
        const double worst = -run.numbers(accounts_group, "held_out_advantage_low")[a];
        const auto x = static_cast<double>(a);
        if (loss < 0.5) {
            panel.notes.push_back({x, 0.6, "best", "middle", 0, 0});
            continue;
        }
        Bars bars;
        bars.colour = Colour::category(static_cast<int>(a));
        bars.x = {x};
        bars.y = {loss};
        bars.low = {std::max(least, 0.5)};
        bars.high = {worst};
        bars.base = 0.5;
        bars.width = 0.6;
        most = std::max(most, worst);
        panel.bars.push_back(bars);
    }
    panel.y.high = 2 * most;
    return panel;
}

/// Three decimals for shares and cosines, one for degrees.
std::string short_number(double x) { return fmt::format("{:.{}f}", x, std::abs(x) < 2 ? 3 : 1); }

SmallTable separation_table(const RunData& run) {
    const std::string from = "set_size/separation";
    SmallTable table;
    table.caption = "What to measure: for each pair the three most telling observables, by either "
                    "account as fitted, and in the data where they have that set size. Trials: at "
                    "that set size, for 80 % power at alpha 0.05.";
    table.header = {"pair", "observable", "set size", "first", "second", "people", "trials"};
    const Column* pair = run.find(from, "pair");
    if (!pair) return table;
    std::string last;
    int shown = 0;
    for (std::size_t i = 0; i < pair->words.size(); ++i) {
        if (pair->words[i] != last) shown = 0;
        last = pair->words[i];
        if (shown++ >= 3) continue;
        const double measured = run.numbers(from, "measured")[i];
        table.rows.push_back({shown == 1 ? spoken(last) : "", run.find(from, "meaning")->words[i],
                              fmt::format("{:.0f}", run.numbers(from, "load")[i]),
                              short_number(run.numbers(from, "first")[i]),
                              short_number(run.numbers(from, "second")[i]),
                              std::isnan(measured) ? "\u2013" : short_number(measured),
                              fmt::format("{:.0f}", run.numbers(from, "needed_trials")[i])});
    }
    return table;
}

} // namespace

std::optional<ReportFigure> set_size_accounts(const RunData& run, const FigureContext&) {
    if (!run.find(accounts_group, "law_sd") || !run.find(accounts_group, "held_out_advantage"))
        return std::nullopt;
    ReportFigure figure;
    figure.file = "set_size_accounts";
    figure.section = Section::fit;
    figure.title = "Three accounts, fitted to the same set sizes";
    figure.drawing.columns = 2;
    figure.drawing.weights = {1.5, 1};
    figure.drawing.panels = {curves(run), advantages(run)};
    figure.drawing.panels[1].legend = false;
    Csv csv({"account", "set_size", "fitted", "law_sd_deg", "sd_deg", "sd_low_deg", "sd_high_deg"});
    const std::vector<double>& load = run.numbers(accounts_group, "load");
    const Column& law = *run.find(accounts_group, "law_sd");
    for (std::size_t a = 0; a < law.shape[0]; ++a)
        for (std::size_t l = 0; l < load.size(); ++l) {
            csv << run.find(accounts_group, "account")->words[a] << load[l]
                << (run.numbers(accounts_group, "fitted")[l] != 0 ? "fitted" : "held out")
                << law.at({a, l}) << run.numbers(accounts_group, "sd")[l]
                << run.numbers(accounts_group, "sd_low")[l]
                << run.numbers(accounts_group, "sd_high")[l];
            csv.end_row();
        }
    figure.csv = csv.text();
    figure.caption =
        "a: circular SD by each account and by people, whose whiskers are 95 % intervals (Student "
        "over people where their scatter is published, else bootstrap over trials). b: log "
        "likelihood that an account loses against the best one, at the set sizes that were not "
        "fitted (logarithmic axis); whiskers: 95 % bootstrap over trials, fits done again.";
    return figure;
}

std::optional<ReportFigure> set_size_recovery(const RunData& run, const FigureContext&) {
    const std::string from = "set_size/recovery";
    const Column* share = run.find(from, "share");
    const Column* truth = run.find(from, "truth");
    if (!share || !truth) return std::nullopt;
    ReportFigure figure;
    figure.file = "set_size_recovery";
    figure.section = Section::fit;
    figure.title = "Whether the accounts can be told apart";
    figure.drawing.width_px = 430;
    Panel panel;
    for (const std::string& name : truth->words) {
        panel.x.categories.push_back(spoken(name));
        panel.y.categories.push_back(spoken(name));
    }
    panel.x.label = "account that wins";
    panel.y.label = "account that was simulated";
    panel.square = true;
    Heat heat;
    heat.rows = heat.columns = static_cast<int>(truth->words.size());
    heat.values = share->numbers;
    heat.numbers = true;
    heat.decimals = 2;
    heat.label = "share of experiments";
    panel.heats.push_back(heat);
    figure.drawing.panels = {panel};
    Csv csv({"truth", "winner", "share"});
    for (std::size_t i = 0; i < truth->words.size(); ++i)
        for (std::size_t j = 0; j < truth->words.size(); ++j) {
            csv << truth->words[i] << truth->words[j] << share->at({i, j});
            csv.end_row();
        }
    figure.csv = csv.text();
    figure.caption = fmt::format(
        "{:.0f} experiments simulated from each account as fitted to people, with {:.0f} trials at "
        "each set size; each is fitted by all accounts, and the largest likelihood less one for "
        "each "
        "free value wins. The number of trials is the one foretold to give 80 % for the closest "
        "pair.",
        run.numbers(from, "experiments")[0], run.numbers(from, "trials_per_set_size")[0]);
    figure.table = separation_table(run);
    return figure;
}

} // namespace lamina::analysis
