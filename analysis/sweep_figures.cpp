/// Figures of a sweep: one number over the axes.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "analysis/figures/figure.hpp"
#include "analysis/plot_layout.hpp"
#include "analysis/sweep_report.hpp"

namespace lamina::analysis {
namespace {

constexpr std::size_t most_swept_lines = 6; // lines that colours tell apart
constexpr std::size_t most_swept_maps = 4;  // heat maps of one number
constexpr std::size_t most_swept_columns = 6, most_swept_dots = 2000;
constexpr std::size_t most_swept_markers = 25; // more steps than this are a line with a band

/// Steps of an axis from low to high, or as they are written.
std::vector<std::size_t> steps_in_order(const SweptAxis& axis) {
    std::vector<std::size_t> steps(axis.n_steps());
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = i;
    if (axis.columns.front().numeric() && !axis.scattered())
        std::stable_sort(steps.begin(), steps.end(), [&](std::size_t a, std::size_t b) {
            return axis.columns.front().numbers[a] < axis.columns.front().numbers[b];
        });
    return steps;
}

/// Evenly among them, both ends included.
std::vector<std::size_t> some_steps(const SweptAxis& axis, std::size_t most) {
    const std::vector<std::size_t> all = steps_in_order(axis);
    if (all.size() <= most) return all;
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * (all.size() - 1) / (most - 1)]);
    return some;
}

bool log_fits(const std::vector<Estimate>& estimates) {
    std::vector<double> values;
    for (const Estimate& one : estimates)
        if (std::isfinite(one.value)) values.push_back(one.value);
    return wants_log(values) &&
           std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

/// Whether numbers are told apart better by their ratios: they are about evenly spaced in them, or
/// span more than a decade and a half with as many below their geometric mean as above it.
bool goes_by_ratios(std::vector<double> x) {
    std::sort(x.begin(), x.end());
    if (x.size() < 3 || !(x.front() > 0)) return false;
    const double equal = std::log(x.back() / x.front()) / static_cast<double>(x.size() - 1);
    for (std::size_t i = 1; i < x.size(); ++i)
        if (std::fabs(std::log(x[i] / x[i - 1]) / equal - 1) > 0.25) {
            const double middle = median(x);
            const double by_ratio = std::log(middle / std::sqrt(x.front() * x.back()));
            const double by_difference = std::log(middle / (0.5 * (x.front() + x.back())));
            return wants_log(x) && std::fabs(by_ratio) < std::fabs(by_difference);
        }
    return equal > 0.25;
}

/// All of an axis, also where nothing was found; with room for the marks at its ends.
void reach_over(Axis& axis, const std::vector<double>& x) {
    const auto [first, last] = std::minmax_element(x.begin(), x.end());
    if (!(*last > *first)) return;
    const double room = 0.03;
    axis.low =
        axis.log ? *first * std::pow(*first / *last, room) : *first - room * (*last - *first);
    axis.high = axis.log ? *last * std::pow(*last / *first, room) : *last + room * (*last - *first);
}

class SweepFigure {
  public:
    SweepFigure(const SweepData& sweep, const SweptNumber& number, double level)
        : sweep_(sweep), number_(number), level_(level), words_(words_of_number(number)) {
        for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis)
            if (sweep.axes[axis].n_steps() > 1)
                (sweep.axes[axis].scattered() ? drawn_ : crossed_).push_back(axis);
        // numbers along x, then the axis of most steps
        std::stable_sort(crossed_.begin(), crossed_.end(), [&](std::size_t a, std::size_t b) {
            const auto rank = [&](std::size_t axis) {
                return std::make_pair(sweep.axes[axis].ordered(), sweep.axes[axis].n_steps());
            };
            return rank(a) > rank(b);
        });
    }

    std::optional<ReportFigure> make() {
        const bool known = std::any_of(number_.values.begin(), number_.values.end(),
                                       [](double value) { return std::isfinite(value); });
        if (!known || (crossed_.empty() && drawn_.empty())) return std::nullopt;
        figure_.file = spoken_file();
        figure_.section = Section::variants;
        figure_.title = words_.title;
        if (!drawn_.empty())
            scatters();
        else if (crossed_.size() == 1)
            lines({crossed_[0]});
        else if (crossed_.size() == 2)
            map_and_lines();
        else
            maps();
        figure_.caption += interval_text();
        figure_.csv = csv_.text();
        return std::move(figure_);
    }

  private:
    std::string spoken_file() const {
        std::string name;
        for (const char c : number_.path)
            name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    }
    const SweptAxis& axis(std::size_t i) const { return sweep_.axes[i]; }
    std::string name_of(std::size_t i) const { return axis(i).label(); }

    std::string interval_text() const {
        const std::string level = fmt::format("{:g} %", 100 * level_);
        std::string text;
        if (n_missing_ > 0)
            text = fmt::format(" No value at {} of {}{}.", n_missing_, n_cells_,
                               figure_.drawing.panels[0].heats.empty() ? "" : " (grey)");
        const char* const where = whiskers_ ? "intervals" : "intervals, in the CSV";
        if (sweep_.n_replicates > 1)
            return text + fmt::format(" Each value is a mean over {}{} replicates{}; {}: {} of "
                                      "Student's t over replicates.",
                                      fewer_ ? "up to " : "", sweep_.n_replicates,
                                      averaged_.empty() ? "" : " and over " + averaged_, where,
                                      level);
        if (!averaged_.empty())
            return text + fmt::format(" Each value is a mean over {}; one run at each place, so "
                                      "there are no intervals.",
                                      averaged_);
        return text + fmt::format(" One run at each place{}.",
                                  finite(number_.low).empty()
                                      ? ""
                                      : fmt::format("; {}: {} over its trials", where, level));
    }

    /// What is neither shown nor told apart.
    void average_over(const std::vector<std::size_t>& kept) {
        for (std::size_t i = 0; i < sweep_.axes.size(); ++i) {
            if (axis(i).n_steps() < 2 || std::find(kept.begin(), kept.end(), i) != kept.end())
                continue;
            averaged_ += (averaged_.empty() ? "" : ", ") + axis(i).label();
        }
    }

    void begin_csv(const std::vector<std::size_t>& kept) {
        std::vector<std::string> header;
        for (const std::size_t i : kept)
            for (const SweptColumn& column : axis(i).columns) header.push_back(column.path);
        for (const char* word : {"mean", "low", "high", "n"}) header.emplace_back(word);
        csv_ = Csv(header);
    }
    void write_csv(const std::vector<std::size_t>& kept, const std::vector<Estimate>& all) {
        begin_csv(kept);
        for (std::size_t cell = 0; cell < all.size(); ++cell) {
            std::vector<std::size_t> steps(kept.size());
            std::size_t rest = cell;
            for (std::size_t k = kept.size(); k-- > 0;) {
                steps[k] = rest % axis(kept[k]).n_steps();
                rest /= axis(kept[k]).n_steps();
            }
            for (std::size_t k = 0; k < kept.size(); ++k)
                for (const SweptColumn& column : axis(kept[k]).columns)
                    if (column.numeric())
                        csv_ << column.numbers[steps[k]];
                    else
                        csv_ << column.words[steps[k]];
            ++n_cells_;
            n_missing_ += std::isnan(all[cell].value);
            fewer_ = fewer_ || (all[cell].n > 0 && all[cell].n < std::int64_t(sweep_.n_replicates));
            csv_ << all[cell].value << all[cell].low << all[cell].high
                 << static_cast<double>(all[cell].n);
            csv_.end_row();
        }
    }

    // -------------------------------------------------------------------- along one axis

    void set_x(Panel& panel, const SweptAxis& x) const {
        panel.x.label = x.label();
        if (x.ordered()) {
            panel.x.log = goes_by_ratios(x.columns.front().numbers);
            reach_over(panel.x, x.columns.front().numbers);
            return;
        }
        for (const std::size_t step : steps_in_order(x))
            panel.x.categories.push_back(x.words_of(step));
    }

    /// kept: the x axis, and after it the one whose steps are lines, if any.
    void lines(const std::vector<std::size_t>& kept) {
        const std::vector<Estimate> all = means_over(sweep_, number_, kept, level_);
        if (figure_.drawing.panels.empty()) {
            average_over(kept);
            write_csv(kept, all);
        }
        whiskers_ = true;
        const SweptAxis& x = axis(kept[0]);
        Panel panel;
        set_x(panel, x);
        panel.y.label = words_.label;
        panel.y.log = log_fits(all);
        const std::size_t n_series = kept.size() > 1 ? axis(kept[1]).n_steps() : 1;
        const std::vector<std::size_t> series = kept.size() > 1
                                                    ? some_steps(axis(kept[1]), most_swept_lines)
                                                    : std::vector<std::size_t>{0};
        const std::vector<std::size_t> order = steps_in_order(x);
        for (std::size_t s = 0; s < series.size(); ++s) {
            Line line;
            if (kept.size() > 1)
                line.label = s == 0 ? axis(kept[1]).setting_of(series[s])
                                    : axis(kept[1]).words_of(series[s]);
            const auto rank = static_cast<int>(s), of = static_cast<int>(series.size());
            line.colour = kept.size() > 1 && axis(kept[1]).ordered() ? Colour::ordinal(rank, of)
                                                                     : Colour::category(rank);
            line.width_px = x.ordered() ? 1.5 : 0; // words have no order: no line between them
            if (order.size() <= most_swept_markers || !x.ordered())
                line.marker = static_cast<Marker>(1 + s % 4);
            for (std::size_t i = 0; i < order.size(); ++i) {
                const Estimate& one = all[order[i] * n_series + series[s]];
                const double aside = (static_cast<double>(s) + 0.5) / of * 0.5 - 0.25;
                line.x.push_back(x.ordered() ? x.columns.front().numbers[order[i]]
                                             : static_cast<double>(i) + aside);
                line.y.push_back(one.value);
                line.low.push_back(one.low);
                line.high.push_back(one.high);
            }
            panel.lines.push_back(std::move(line));
        }
        figure_.drawing.panels.push_back(std::move(panel));
        if (figure_.caption.empty())
            figure_.caption = fmt::format("{} over {}.", number_.path, name_of(kept[0]));
    }

    // -------------------------------------------------------------------- over two and more

    /// @param values  [x, y] of the first two axes
    Panel map(const std::vector<Estimate>& values, std::pair<double, double> ends, bool log) const {
        const SweptAxis &x = axis(crossed_[0]), &y = axis(crossed_[1]);
        const std::vector<std::size_t> columns = steps_in_order(x);
        std::vector<std::size_t> rows = steps_in_order(y);
        if (y.columns.front().numeric()) std::reverse(rows.begin(), rows.end()); // rising upwards
        Panel panel;
        panel.x.label = x.label();
        panel.y.label = y.label();
        for (const std::size_t step : columns) panel.x.categories.push_back(x.words_of(step));
        for (const std::size_t step : rows) panel.y.categories.push_back(y.words_of(step));
        Heat heat;
        heat.rows = static_cast<int>(rows.size());
        heat.columns = static_cast<int>(columns.size());
        for (const std::size_t row : rows)
            for (const std::size_t column : columns)
                heat.values.push_back(values[column * y.n_steps() + row].value);
        heat.low = ends.first, heat.high = ends.second;
        heat.log = log;
        heat.numbers = heat.columns <= 7;
        heat.label = words_.label;
        panel.heats.push_back(std::move(heat));
        panel.height_px = std::clamp(24.0 * static_cast<double>(rows.size()), 110.0, 420.0);
        // beside a low map there is no room for a whole path
        if (text_width(panel.y.label, label_size_px) > panel.height_px)
            panel.y.label = y.label(true);
        return panel;
    }

    static std::pair<double, double> ends_of(const std::vector<Estimate>& values) {
        double low = INFINITY, high = -INFINITY;
        for (const Estimate& one : values)
            if (std::isfinite(one.value))
                low = std::min(low, one.value), high = std::max(high, one.value);
        if (!(high > low)) high = low + (low == 0 ? 1 : std::fabs(low));
        return {low, high};
    }

    void map_and_lines() {
        const std::vector<std::size_t> kept = {crossed_[0], crossed_[1]};
        const std::vector<Estimate> all = means_over(sweep_, number_, kept, level_);
        average_over(kept);
        write_csv(kept, all);
        figure_.caption =
            fmt::format("{} over {} and {}", number_.path, name_of(kept[0]), name_of(kept[1]));
        const std::size_t n = axis(kept[1]).n_steps();
        if (n > most_swept_lines)
            figure_.caption += fmt::format("; as lines {} of the {} steps of {}", most_swept_lines,
                                           n, name_of(kept[1]));
        figure_.caption += ".";
        figure_.drawing.columns = 1;
        figure_.drawing.panels.push_back(map(all, ends_of(all), log_fits(all)));
        lines(kept);
    }

    void maps() {
        std::vector<std::size_t> kept = {crossed_[2], crossed_[0], crossed_[1]};
        const std::vector<Estimate> all = means_over(sweep_, number_, kept, level_);
        average_over(kept);
        write_csv(kept, all);
        const SweptAxis& third = axis(crossed_[2]);
        const std::size_t n = all.size() / third.n_steps();
        const std::vector<std::size_t> shown = some_steps(third, most_swept_maps);
        const bool log = log_fits(all);
        const auto ends = ends_of(all);
        for (const std::size_t step : shown) {
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(step * n);
            Panel panel = map({first, first + static_cast<std::ptrdiff_t>(n)}, ends, log);
            panel.title = third.setting_of(step);
            figure_.drawing.panels.push_back(std::move(panel));
        }
        figure_.drawing.columns = axis(crossed_[0]).n_steps() > 8 ? 1 : 2;
        figure_.caption =
            fmt::format("{} over {} and {}, at {} of {}.", number_.path, name_of(crossed_[0]),
                        name_of(crossed_[1]),
                        shown.size() == third.n_steps()
                            ? "every step"
                            : fmt::format("{} of {} steps", shown.size(), third.n_steps()),
                        third.label());
    }

    // -------------------------------------------------------------------- where places were drawn

    void scatters() {
        // an axis that is crossed with the draws tells points apart when it has few steps
        std::vector<std::size_t> kept = drawn_;
        const bool apart = !crossed_.empty() && axis(crossed_.back()).n_steps() <= most_swept_lines;
        if (apart) kept.push_back(crossed_.back());
        const std::vector<Estimate> all = means_over(sweep_, number_, kept, level_);
        average_over(kept);
        write_csv(kept, all);
        const std::size_t n_series = apart ? axis(crossed_.back()).n_steps() : 1;
        std::string correlations;
        std::size_t n_columns = 0;
        for (std::size_t d = 0; d < drawn_.size(); ++d)
            for (const SweptColumn& column : axis(drawn_[d]).columns) {
                if (++n_columns > most_swept_columns) continue;
                figure_.drawing.panels.push_back(scatter(column, d, all, n_series, correlations));
            }
        figure_.drawing.columns = n_columns > 1 ? 2 : 1;
        figure_.drawing.shared_legend = apart;
        figure_.caption = fmt::format(
            "{} at each place of {}.{}", number_.path, axis(drawn_[0]).axis,
            correlations.empty()
                ? ""
                : fmt::format(" Spearman's rank correlation [{:g} %], {} place{}: {}.",
                              100 * level_, all.size(), all.size() == 1 ? "" : "s", correlations));
        if (n_columns > most_swept_columns)
            figure_.caption +=
                fmt::format(" {} more columns are in the CSV.", n_columns - most_swept_columns);
        if (all.size() > most_swept_dots)
            figure_.caption +=
                fmt::format(" Drawn are {} of the places, evenly among them.", most_swept_dots);
    }

    Panel scatter(const SweptColumn& column, std::size_t d, const std::vector<Estimate>& all,
                  std::size_t n_series, std::string& correlations) const {
        Panel panel;
        panel.x.label = column.path + (column.units == "1" ? "" : " (" + column.units + ")");
        panel.y.label = words_.label;
        panel.y.log = log_fits(all);
        if (column.numeric()) {
            panel.x.log = goes_by_ratios(column.numbers);
            reach_over(panel.x, column.numbers);
        } else {
            for (const std::string& word : column.words)
                if (std::find(panel.x.categories.begin(), panel.x.categories.end(), word) ==
                    panel.x.categories.end())
                    panel.x.categories.push_back(word);
        }
        // of a cell, the step on this drawn axis
        std::size_t below = n_series;
        for (std::size_t i = d + 1; i < drawn_.size(); ++i) below *= axis(drawn_[i]).n_steps();
        const auto x_of = [&](std::size_t cell) {
            const std::size_t step = cell / below % axis(drawn_[d]).n_steps();
            if (column.numeric()) return column.numbers[step];
            const auto at =
                std::find(panel.x.categories.begin(), panel.x.categories.end(), column.words[step]);
            return static_cast<double>(at - panel.x.categories.begin());
        };
        const std::size_t stride = (all.size() + most_swept_dots - 1) / most_swept_dots;
        std::vector<double> x, y;
        for (std::size_t s = 0; s < n_series; ++s) {
            Points points;
            points.colour = Colour::category(static_cast<int>(s));
            points.marker = static_cast<Marker>(1 + s % 4);
            points.opacity = 0.75;
            points.radius_px = all.size() > 200 ? 2.2 : 3.2;
            if (n_series > 1) {
                const SweptAxis& series = axis(crossed_.back());
                points.label = s == 0 ? series.setting_of(s) : series.words_of(s);
            }
            for (std::size_t cell = s; cell < all.size(); cell += n_series) {
                x.push_back(x_of(cell));
                y.push_back(all[cell].value);
                if (cell / n_series % stride != 0) continue;
                points.x.push_back(x.back());
                points.y.push_back(y.back());
            }
            panel.points.push_back(std::move(points));
        }
        if (column.numeric()) {
            const Estimate rho = spearman(x, y, level_);
            if (std::isfinite(rho.value))
                correlations += fmt::format("{}{} {}", correlations.empty() ? "" : "; ",
                                            column.path, with_interval(rho, 2));
        }
        return panel;
    }

    const SweepData& sweep_;
    const SweptNumber& number_;
    double level_;
    NumberWords words_;
    std::vector<std::size_t> crossed_, drawn_; ///< axes of two steps and more
    std::string averaged_;
    std::size_t n_cells_ = 0, n_missing_ = 0;
    bool whiskers_ = false, fewer_ = false; ///< replicates at some place
    ReportFigure figure_;
    Csv csv_{{}};
};

} // namespace

NumberWords words_of_number(const SweptNumber& number) {
    static const struct {
        const char *path, *title, *label;
    } known[] = {{"comparison.output_relative_error", "Error of the output", "relative error of z"},
                 {"comparison.attention_kl_bits", "Divergence of the weights from softmax",
                  "KL from softmax (bit)"},
                 {"comparison.attention_top1_agreement", "Agreement on the most attended key",
                  "agreement (fraction)"},
                 {"comparison.settle_time_ms", "Time to attend", "settling time (ms)"},
                 {"behaviour.all.accuracy", "Accuracy", "fraction correct"}};
    for (const auto& one : known)
        if (number.path == one.path) return {one.title, one.label};
    const std::string word = spoken(number.path.substr(number.path.rfind('.') + 1));
    const bool in_name = number.path.size() > number.units.size() &&
                         number.path.compare(number.path.size() - number.units.size() - 1,
                                             std::string::npos, "_" + number.units) == 0;
    const std::string bare = in_name ? word.substr(0, word.size() - number.units.size() - 1) : word;
    return {number.path, number.units == "1" ? bare : bare + " (" + number.units + ")"};
}

std::optional<ReportFigure> sweep_figure(const SweepData& sweep, const SweptNumber& number,
                                         double level) {
    return SweepFigure(sweep, number, level).make();
}

} // namespace lamina::analysis
