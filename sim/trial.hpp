/// Everything a trial shows and asks, as plain data: it can be printed, recorded, replayed. A task
/// describes trials; it never touches the circuit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
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

/// What the decision network is asked: does the routed content of `column` match `probe`?
struct Question {
    int column = 0;
    std::vector<double> probe;  ///< [d_model]
    std::int64_t from_step = 0; ///< test onset; RT counts from here
    std::int64_t to_step = 0;   ///< end of the response period
    bool match = false;         ///< the right answer
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
    int probe = -1;          ///< stimulus of the probe
    int target_column = -1;  ///< column of the matching item, -1: non-match or no question
};

struct Task {
    virtual ~Task() = default;
    virtual std::int64_t n_trials() const = 0;
    /// A pure function of seed and n.
    virtual Trial trial(std::int64_t n) const = 0;
    /// [n_stimuli][d_model] the stimuli it can show; empty when each trial makes its own.
    virtual const std::vector<double>& stimuli() const = 0;
    virtual std::vector<std::string> stimulus_names() const = 0;
};

} // namespace lamina
