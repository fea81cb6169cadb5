/// What every figure of a report is: a drawing, the numbers behind it, and the words under it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/csv_text.hpp"
#include "analysis/plot.hpp"
#include "analysis/published.hpp"
#include "analysis/run_data.hpp"
#include "analysis/statistics.hpp"

namespace lamina::analysis {

/// Parts of the report, in its order.
enum class Section {
    overview,
    behaviour,
    activity,
    attention,
    loop,
    mechanism,
    fit,
    variants,
    representations
};

/// A table of words under a figure.
struct SmallTable {
    std::string caption;
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
};

struct ReportFigure {
    std::string file; ///< stem of figures/<file>.svg and .csv
    Section section;
    std::string title;   ///< a few words
    std::string caption; ///< what one sees, n, and the test or interval; plain text
    Figure drawing;      ///< its title and description are filled from title and caption when empty
    std::string csv;
    std::optional<SmallTable> table;
};

struct FigureContext {
    Design design;
    Confidence confidence;
    std::vector<PublishedComparison> published; ///< of compare_with, found or not
};

/// The epochs of the task as shaded spans of a time axis.
std::vector<Span> epoch_spans(const RunData& run);

/// Whether the conditions differ in load, and in nothing else that would need a name.
bool conditions_are_loads(const Design& design);

/// Whether variants differ in one factor of words alone, of a number that one axis can name.
bool is_list_of_levels(const Design& design);

/// ", one line per load" or ", one line per condition"; nothing when there is one line.
std::string lines_per_condition(const Design& design);

/// Colour of a condition: the ordered ramp when there are several, ink when there is one.
Colour colour_of_condition(const Design& design, std::size_t condition);

/// "0.875 [0.84, 0.91]": an estimate with its interval.
std::string with_interval(const Estimate& estimate, int digits = 3);

/// "false_alarm_rate" as words.
std::string spoken(std::string name);

/// Whether an axis is logarithmic: the positive values span more than a decade and a half.
bool wants_log(const std::vector<double>& values);

/// One function per figure; nothing when the run has no data for it.
using MakeFigure = std::optional<ReportFigure> (*)(const RunData&, const FigureContext&);

// the figures, in the order of the report; each in the file of its name
std::optional<ReportFigure> task_timeline(const RunData&, const FigureContext&);
std::optional<ReportFigure> behaviour_by_load(const RunData&, const FigureContext&);
std::optional<ReportFigure> criterion_shift(const RunData&, const FigureContext&);
std::optional<ReportFigure> behaviour_by_condition(const RunData&, const FigureContext&);
std::optional<ReportFigure> recall_errors(const RunData&, const FigureContext&);
std::optional<ReportFigure> recall_by_load(const RunData&, const FigureContext&);
std::optional<ReportFigure> reaction_times(const RunData&, const FigureContext&);
std::optional<ReportFigure> confusion(const RunData&, const FigureContext&);
std::optional<ReportFigure> activity_by_layer(const RunData&, const FigureContext&);
std::optional<ReportFigure> attention_example(const RunData&, const FigureContext&);
std::optional<ReportFigure> attention_over_time(const RunData&, const FigureContext&);
std::optional<ReportFigure> pv_normaliser(const RunData&, const FigureContext&);
std::optional<ReportFigure> fidelity(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_fixed_point(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_ringing(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_onset(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_spectrum(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_settling(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_gain(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_units(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_winners(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_spike_sums(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_sampling(const RunData&, const FigureContext&);
std::optional<ReportFigure> loop_spike_rhythm(const RunData&, const FigureContext&);
std::optional<ReportFigure> hopfield_retrieval(const RunData&, const FigureContext&);
std::optional<ReportFigure> match_and_control(const RunData&, const FigureContext&);
std::optional<ReportFigure> linear_attention(const RunData&, const FigureContext&);
std::optional<ReportFigure> normalization(const RunData&, const FigureContext&);
std::optional<ReportFigure> exponential_spikes(const RunData&, const FigureContext&);
std::optional<ReportFigure> spike_decoding(const RunData&, const FigureContext&);
std::optional<ReportFigure> raster(const RunData&, const FigureContext&);
std::optional<ReportFigure> population_statistics(const RunData&, const FigureContext&);
std::optional<ReportFigure> spike_distributions(const RunData&, const FigureContext&);
std::optional<ReportFigure> spike_spectra(const RunData&, const FigureContext&);
std::optional<ReportFigure> population_activity(const RunData&, const FigureContext&);
std::optional<ReportFigure> recorded_variables(const RunData&, const FigureContext&);
std::optional<ReportFigure> learnt_weights(const RunData&, const FigureContext&);
std::optional<ReportFigure> spiking_factors(const RunData&, const FigureContext&);
std::optional<ReportFigure> bursts_by_factor(const RunData&, const FigureContext&);
std::optional<ReportFigure> dale(const RunData&, const FigureContext&);
std::optional<ReportFigure> fit_conditions(const RunData&, const FigureContext&);
std::optional<ReportFigure> fit_errors(const RunData&, const FigureContext&);
std::optional<ReportFigure> fit_profiles(const RunData&, const FigureContext&);
std::optional<ReportFigure> set_size_accounts(const RunData&, const FigureContext&);
std::optional<ReportFigure> set_size_recovery(const RunData&, const FigureContext&);
std::optional<ReportFigure> calibration(const RunData&, const FigureContext&);
std::optional<ReportFigure> levels(const RunData&, const FigureContext&);
std::optional<ReportFigure> factors(const RunData&, const FigureContext&);
std::optional<ReportFigure> activity_by_factor(const RunData&, const FigureContext&);
std::optional<ReportFigure> separation(const RunData&, const FigureContext&);
std::optional<ReportFigure> stimulus_geometry(const RunData&, const FigureContext&);
std::optional<ReportFigure> rdm_matrices(const RunData&, const FigureContext&);
std::optional<ReportFigure> rdm_models(const RunData&, const FigureContext&);
std::optional<ReportFigure> rdm_maps(const RunData&, const FigureContext&);

/// All of the above, in order: the table of contents.
const std::vector<MakeFigure>& figure_catalogue();

} // namespace lamina::analysis
