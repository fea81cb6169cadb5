/// Everything a trial shows and asks, as plain data: it can be printed, recorded, replayed. A task
/// describes trials; it never touches the circuit.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lamina {

/// Input held constant from `first_step` until the next segment.
struct Segment {
    std::int64_t first_step = 0;
    std::vector<double> x; ///< [columns][d_model] thalamic input
    std::vector<double> c; ///< [columns][d_model] context to layer 1; empty: the same as x
    std::vector<std::uint8_t> masked; ///< [columns] 1: this column holds nothing and is no key
};

/// A stretch of constant input whose last step is compared with the reference block.
struct Presentation {
    std::string name;           ///< "sample", "test", "tokens"
    std::int64_t from_step = 0; ///< onset
    std::int64_t to_step = 0;   ///< first step after it
};

/// How the routed content answers.
enum class Answer {
    choice, ///< yes or no, by the decision network
    angle   ///< a reported angle, by a population vector
};

/// What is asked of the content that is routed to `column`. Of a content and a target, the units
/// `first_unit` .. `first_unit + n_units - 1` count; with n_units = 0, all.
///
///     choice: evidence for yes = kappa_e (cos(content, target) - criterion), its negative when
///             `unlike`; weighed from from_step on, RT counts from there
///     angle:  the population vector of the units, unit u of them standing for 2 pi u / n_units;
///             read after the last step before to_step
struct Question {
    int column = 0;
    std::vector<double> target; ///< choice: [d_model] the input that the content is compared with
    std::int64_t from_step = 0; ///< test onset
    std::int64_t to_step = 0;   ///< end of the response period
    bool yes = false;           ///< choice: the right answer
    double criterion = 0.5;     ///< choice: c_0
    bool unlike = false;        ///< choice: yes means that the content is unlike the target
    Answer answer = Answer::choice;
    int first_unit = 0, n_units = 0;
    double right_rad = 0; ///< angle: the right answer
};

struct Trial {
    std::int64_t number = 0;
    std::string condition; ///< e.g. "load 3"
    int load = 0;          ///< number of items shown; 0 when there are none
    std::int64_t n_steps = 0;
    bool start_settled =
        false; ///< the first segment starts from Area::settle_inputs, not from rest
    std::vector<Segment> segments; ///< rising first_step, the first at 0
    std::vector<Presentation> presentations;
    bool asks = false;
    Question question;       ///< when asks
    std::vector<int> items;  ///< stimulus shown to column m, -1: none; [columns]
    std::vector<int> stored; ///< counts the memory of column m holds, 0: nothing; [columns]
    std::vector<int> places; ///< where the item of column m was, -1: nowhere; empty: no places
    int probe = -1;          ///< stimulus of the probe, -1: none
    int target_column = -1;  ///< column of the item that is asked for, -1: none
    double change_probability = std::numeric_limits<double>::quiet_NaN(); ///< NaN: not a matter
};

struct Task {
    virtual ~Task() = default;
    virtual std::int64_t n_trials() const = 0;
    /// A pure function of seed and n.
    virtual Trial trial(std::int64_t n) const = 0;
    /// What yes and no mean, for tables.
    virtual std::pair<std::string, std::string> answers() const { return {"match", "non_match"}; }
    /// [n_stimuli][d_model] the stimuli it can show; empty when each trial makes its own.
    virtual const std::vector<double>& stimuli() const = 0;
    virtual std::vector<std::string> stimulus_names() const = 0;
};

} // namespace lamina
