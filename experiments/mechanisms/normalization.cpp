/// The normalization model of attention. A stimulus drives neurons at every place x and preferred
/// orientation theta; an attention field multiplies that drive, and a pool divides it:
///
///     R(x, theta) = A E / (S + sigma),   S = s * (A E),   A = 1 + (gamma - 1) G(x)
///
/// E is contrast times the blurred stimulus, linear in contrast, so that every neuron's response is
/// R = R_max c / (c50 + c) with R_max = A E_1 / S_1, c50 = sigma / S_1, the index for contrast 1.
/// Where A is gamma, attention then shares gamma out between the two:
///
///     gamma = (R_max, attended / R_max) (c50 / c50, attended),   c50 / c50, attended = S_att / S
///
/// A pool that lies within the attention field sees all of it, and c50 falls by gamma: contrast
/// gain. A pool far wider than the field sees nothing of it, and R_max rises by gamma: response
/// gain. With Gaussians of widths w of the drive, p of the pool and a of the attention field
///
///     S_att / S = 1 + (gamma - 1) C / B,   B = w / sqrt(w^2 + p^2),   C the same of (a^-2 +
///     w^-2)^-1/2
///
/// Widths are standard deviations on a grid of step 1 in x, -200 to 200 with nothing beyond, and of
/// 1 degree in theta, round a circle. Kernels sum to 1, so that contrasts have no unit of their
/// own.
///
/// Source: Reynolds & Heeger (2009), doi:10.1016/j.neuron.2009.01.002. Widths are those that others
/// quote from the authors' program, which we have not seen: 5 and 60 degrees for receptive fields,
/// 20 and 360 degrees for the pool.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/mechanisms/mechanisms.hpp"

namespace lamina::laws {
namespace {

constexpr std::size_t n_conditions = Normalization::n_conditions,
                      n_attentions = Normalization::n_attentions;
constexpr const char* condition_names[n_conditions] = {"contrast_gain", "response_gain"};
constexpr int reach_x = 200, half_turn_deg = 180;
constexpr std::size_t n_x = 2 * reach_x + 1, n_theta = 2 * half_turn_deg;
constexpr std::size_t centre = reach_x, zero_deg = half_turn_deg; ///< x = 0, theta = 0
constexpr double field_deg = 60, pool_deg = 360;
constexpr int decades = 5, per_decade = 10; ///< of contrast, up to 1
constexpr std::size_t n_widths = 15;        ///< 2 to 256, by factors of sqrt(2)

double gaussian(double x, double width) { return std::exp(-x * x / (2 * width * width)); }

/// A Gaussian that sums to 1 over `n` places around the middle one.
Numbers kernel_of(double width, std::size_t n) {
    Numbers kernel(n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
        sum += kernel[i] = gaussian(double(i) - double(n / 2), width);
    for (double& one : kernel) one /= sum;
    return kernel;
}

/// By place in x alone: nothing beyond the grid.
Numbers blurred_in_space(const Numbers& field, const Numbers& kernel) {
    const std::size_t per_x = field.size() / n_x;
    Numbers out(field.size(), 0.0);
    for (std::size_t to = 0; to < n_x; ++to)
        for (std::size_t from = 0; from < n_x; ++from) {
            if (to + centre < from || to + centre >= from + n_x) continue;
            const double share = kernel[to + centre - from];
            for (std::size_t i = 0; i < per_x; ++i)
                out[to * per_x + i] += share * field[from * per_x + i];
        }
    return out;
}
/// By orientation, round the circle.
Numbers blurred_in_orientation(const Numbers& field, const Numbers& kernel) {
    Numbers out(field.size(), 0.0);
    for (std::size_t x = 0; x < n_x; ++x)
        for (std::size_t to = 0; to < n_theta; ++to)
            for (std::size_t from = 0; from < n_theta; ++from)
                out[x * n_theta + to] +=
                    kernel[(to + n_theta + zero_deg - from) % n_theta] * field[x * n_theta + from];
    return out;
}

struct Widths {
    double stimulus, attention;
};
Widths widths_of(const NormalizationTaskSpec& task, std::size_t condition) {
    return condition == 0 ? Widths{task.small_stimulus, task.large_attention}
                          : Widths{task.large_stimulus, task.small_attention};
}

Numbers attention_field(double gamma, double width) {
    Numbers A(n_x);
    for (std::size_t x = 0; x < n_x; ++x)
        A[x] = 1 + (gamma - 1) * gaussian(double(x) - double(centre), width);
    return A;
}

/// What a stimulus of contrast 1 and of this width drives, by place.
Numbers drive_in_space(const NormalizationTaskSpec& task, double width) {
    Numbers stimulus(n_x);
    for (std::size_t x = 0; x < n_x; ++x) stimulus[x] = gaussian(double(x) - double(centre), width);
    return blurred_in_space(stimulus, kernel_of(task.field, n_x));
}

/// A E and S at contrast 1, [x, theta].
struct FieldDrive {
    Numbers driven, suppressed;
};
FieldDrive field_drive(const NormalizationTaskSpec& task, Widths widths, bool attended) {
    const Numbers in_space = drive_in_space(task, widths.stimulus),
                  tuned = kernel_of(field_deg, n_theta),
                  A = attention_field(attended ? task.gamma : 1, widths.attention);
    FieldDrive out;
    for (std::size_t x = 0; x < n_x; ++x)
        for (std::size_t theta = 0; theta < n_theta; ++theta)
            out.driven.push_back(A[x] * in_space[x] * tuned[theta]);
    out.suppressed = blurred_in_orientation(blurred_in_space(out.driven, kernel_of(task.pool, n_x)),
                                            kernel_of(pool_deg, n_theta));
    return out;
}

double response_at(const FieldDrive& drive, double sigma, double contrast, std::size_t theta) {
    const std::size_t at = centre * n_theta + theta;
    return contrast * drive.driven[at] / (contrast * drive.suppressed[at] + sigma);
}

/// log(R_max, attended / R_max) / log gamma at the centre, on the grid.
double response_share_of(const NormalizationTaskSpec& task, Widths widths) {
    const Numbers drive = drive_in_space(task, widths.stimulus), pool = kernel_of(task.pool, n_x),
                  A = attention_field(task.gamma, widths.attention);
    double ignored = 0, attended = 0;
    for (std::size_t x = 0; x < n_x; ++x) {
        ignored += pool[x] * drive[x];
        attended += pool[x] * A[x] * drive[x];
    }
    return std::log(task.gamma * ignored / attended) / std::log(task.gamma);
}

/// The same of Gaussians without a grid and without an end.
double law_share_of(const NormalizationTaskSpec& task, Widths widths) {
    const double w = std::hypot(widths.stimulus, task.field), p = task.pool, a = widths.attention;
    const auto seen = [&](double width) { return width / std::hypot(width, p); };
    const double ratio = 1 + (task.gamma - 1) * seen(a * w / std::hypot(a, w)) / seen(w);
    return 1 - std::log(ratio) / std::log(task.gamma);
}

} // namespace

std::size_t normalization_items(const Laboratory&) {
    return n_conditions * (n_attentions + n_widths);
}

Normalization measure_normalization(const Laboratory& lab) {
    const NormalizationTaskSpec& task = lab.task.normalization;
    Normalization out;
    for (int i = -decades * per_decade; i <= 0; ++i)
        out.contrast.push_back(std::pow(10, double(i) / per_decade));
    for (std::size_t theta = 0; theta < n_theta; ++theta)
        out.orientation_deg.push_back(double(theta) - half_turn_deg);
    for (std::size_t width = 0; width < n_widths; ++width)
        out.width.push_back(std::pow(2, 1 + double(width) / 2));
    const std::size_t n_contrasts = out.contrast.size(), n_curves = n_conditions * n_attentions;
    out.response.assign(n_curves * n_contrasts, none);
    out.tuning.assign(n_curves * n_theta, none);
    out.fit.assign(n_curves, {none, none, none, none});
    out.response_share.assign(n_conditions * n_widths, none);
    out.law_share.assign(n_conditions * n_widths, none);
    lab.for_each(normalization_items(lab), [&](std::size_t item) {
        if (item < n_curves) {
            const auto [condition, attended] = unfold(item, n_attentions);
            const FieldDrive drive = field_drive(task, widths_of(task, condition), attended == 1);
            Numbers response;
            for (const double contrast : out.contrast)
                response.push_back(response_at(drive, task.sigma, contrast, zero_deg));
            std::copy(response.begin(), response.end(),
                      out.response.begin() + std::ptrdiff_t(item * n_contrasts));
            out.fit[item] = fit_naka_rushton(out.contrast, response);
            for (std::size_t theta = 0; theta < n_theta; ++theta)
                out.tuning[item * n_theta + theta] = response_at(drive, task.sigma, 1, theta);
        } else {
            const std::size_t at = item - n_curves;
            const auto [condition, width] = unfold(at, n_widths);
            const Widths widths{widths_of(task, condition).stimulus, out.width[width]};
            out.response_share[at] = response_share_of(task, widths);
            out.law_share[at] = law_share_of(task, widths);
        }
    });
    return out;
}

void add(Image& image, const Normalization& found) {
    const std::string at = "normalization";
    const std::vector<std::string> conditions(condition_names, condition_names + n_conditions);
    const auto fitted = [&](double NakaRushton::*which) {
        Numbers values;
        for (const NakaRushton& one : found.fit) values.push_back(one.*which);
        return values;
    };
    image.coordinate(at, "condition", conditions, "1",
                     "a small stimulus in a large attention field, or the reverse");
    image.coordinate(at, "attention", std::vector<std::string>{"ignored", "attended"}, "1",
                     "whether the stimulus is attended");
    image.coordinate(at, "contrast", found.contrast, "1", "contrast of the stimulus");
    image.coordinate(at, "orientation", found.orientation_deg, "deg",
                     "preferred orientation less that of the stimulus");
    image.coordinate(at, "width", found.width, "1", "width of the attention field, steps of space");
    image.variable(at, "response", {"condition", "attention", "contrast"}, found.response, "1",
                   "response of the neuron whose place and orientation are the stimulus'");
    image.variable(at, "r_max", {"condition", "attention"}, fitted(&NakaRushton::r_max), "1",
                   "largest response by the fit of Naka and Rushton");
    image.variable(at, "c50", {"condition", "attention"}, fitted(&NakaRushton::c50), "1",
                   "contrast of half of it, by the fit");
    image.variable(at, "n", {"condition", "attention"}, fitted(&NakaRushton::n), "1",
                   "exponent, by the fit");
    image.variable(at, "fit_error", {"condition", "attention"}, fitted(&NakaRushton::error), "1",
                   "root mean square residual of the fit, of r_max");
    image.variable(at, "tuning", {"condition", "attention", "orientation"}, found.tuning, "1",
                   "responses at contrast 1 by preferred orientation");
    image.variable(at, "response_share", {"condition", "width"}, found.response_share, "1",
                   "log of what attention multiplies r_max by, over log gamma, for this stimulus");
    image.variable(at, "law_share", {"condition", "width"}, found.law_share, "1",
                   "the same by the law of Gaussians");
}

Json summary_of(const Normalization& found, const Laboratory& lab) {
    Json out;
    const std::size_t n_contrasts = found.contrast.size();
    double law_error = 0;
    for (std::size_t i = 0; i < found.law_share.size(); ++i)
        law_error = worse(law_error, std::fabs(found.response_share[i] - found.law_share[i]));
    for (std::size_t condition = 0; condition < n_conditions; ++condition) {
        const NakaRushton &ignored = found.fit[condition * n_attentions],
                          &attended = found.fit[condition * n_attentions + 1];
        const auto percent = [&](std::size_t contrast) {
            const std::size_t first = condition * n_attentions * n_contrasts;
            return 100 * (found.response[first + n_contrasts + contrast] /
                              found.response[first + contrast] -
                          1);
        };
        double least = none, most = none;
        for (std::size_t theta = 0; theta < n_theta; ++theta) {
            const std::size_t first = condition * n_attentions * n_theta;
            const double ratio =
                found.tuning[first + n_theta + theta] / found.tuning[first + theta];
            if (theta == 0) least = most = ratio;
            least = std::min(least, ratio), most = std::max(most, ratio);
        }
        const double r_ratio = attended.r_max / ignored.r_max, c_ratio = attended.c50 / ignored.c50;
        out[condition_names[condition]] = {
            {"r_max_ratio", r_ratio},
            {"c50_ratio", c_ratio},
            {"n_ignored", ignored.n},
            {"n_attended", attended.n},
            {"fit_error", worse(ignored.error, attended.error)},
            {"response_share", std::log(r_ratio) / std::log(lab.task.normalization.gamma)},
            {"percent_at_least_contrast", percent(0)},
            {"percent_at_full_contrast", percent(n_contrasts - 1)},
            {"tuning_ratio", most},
            {"tuning_ratio_spread", most - least}};
    }
    out["largest_law_difference"] = law_error;
    return out;
}

} // namespace lamina::laws
