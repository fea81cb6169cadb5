/// For each kind of problem the shortest text that has it, as `lamina explain L0204` shows it:
/// lines of an experiment file, or a command behind "$ ". A test gives each to the program.
#include "experiments/problems.hpp"

namespace lamina {

// clang-format off
const char* example_of(const std::string& id) {
    struct Example { const char *id, *text; };
    static const Example table[] = {
        {"L0101", "$ lamina check nonesuch.yaml"},
        {"L0102", "a file of 20 MB"},
        {"L0103", "# only a comment"},
        {"L0104", "a file saved as Latin-1, with letters beyond ASCII"},
        {"L0105", "title: \"a\\u0007b\""},
        {"L0106", "task: {type: presentation"},
        {"L0107", "vary: &all [*all]"},
        {"L0108", "title: *missing"},
        {"L0109", "aliases of aliases, ten of each, seven levels deep"},
        {"L0110", "a list inside a list, and so on, a hundred times"},
        {"L0111", "seed: !!int 1"},
        {"L0112", "column: {<<: {heads: 2}, d_head: 32}"},
        {"L0113", "? [a, b]\n: 3"},
        {"L0114", "seed: 1\n---\nseed: 2"},
        {"L0115", "%YAML 1.1\n---\nlamina: 1"},
        {"L0116", "name: &n a\ntitle: &n b"},
        {"L0201", "simulation: {dt: 0.1 ms, dt: 0.05 ms}"},
        {"L0202", "task: presentation"},
        {"L0203", "$ lamina check without_task.yaml"},
        {"L0204", "column: {tau: {gatte: 6 ms}}"},
        {"L0205", "column: {inhibition: pv_lag}"},
        {"L0206", "column: {heads: 0}"},
        {"L0207", "simulation: {dt: 0.1}"},
        {"L0208", "column: {tau: {gate: 20 mV}}"},
        {"L0209", "column: {tau: {gate: 5 MS}}"},
        {"L0210", "column: {heads: 4.5}"},
        {"L0211", "column: {heads: 4 Hz}"},
        {"L0212", "column: {weights: {kind: random, biases: yes}}"},
        {"L0213", "seed: 010"},
        {"L0214", "column: {score: {gain: 1e400}}"},
        {"L0215", "seed:"},
        {"L0216", "lamina: 2"},
        {"L0217", "simulation: {mode: spiking}"},
        {"L0218", "name: ../elsewhere"},
        {"L0219", "$ lamina check dms.yaml seed="},
        {"L0220", "expect: {comparison.output_relative_error: \"about 1\"}"},
        {"L0221", "vary: {column.tau.gatte: [1 ms, 2 ms]}"},
        {"L0222", "vary: {column.norm: []}"},
        {"L0223", "vary: with factors of 30 and 35 values"},
        {"L0310", "column: {PV_delay: 0.25 ms}"},
        {"L0311", "simulation: {dt: 10 ms, integrator: euler}"},
        {"L0312", "simulation: {dt: 0.5 ms, integrator: euler}"},
        {"L0313", "column: {PV_delay: 3 ms, tau: {PV_lag: 8 ms}}"},
        {"L0320", "task: {type: delayed_match_to_sample, load: [1, 4]}\ncolumn: {columns: 4}"},
        {"L0321", "task: {type: delayed_match_to_sample, load: 8, stimuli: {kind: ring, number: 8}}"},
        {"L0322", "column: {d_head: 15}"},
        {"L0323", "task: {type: delayed_estimation, stimuli: {kind: random}}"},
        {"L0324", "task: {type: delayed_estimation, load: [1, 8], places: {number: 6}}"},
        {"L0325", "task: {type: delayed_estimation, places: {units: 64}}"},
        {"L0326", "column: {heads: 1, d_model: 2, d_head: 2, weights: {values: {W_Q: [[1, 0]]}}}"},
        {"L0327", "column: {weights: {file: w.npz, values: {W_Q: [[1]]}}}"},
        {"L0330", "simulation: {integrator: rk4}\ncolumn: {PV_delay: 1 ms}"},
        {"L0331", "simulation: {integrator: rk4}\ncolumn: {noise: {gate: 0.1}}"},
        {"L0332", "column: {inhibition: oracle, noise: {PV: 0.1}}"},
        {"L0333", "simulation: {integrator: rosenbrock4}"},
        {"L0334", "simulation: {integrator: rosenbrock4, precision: float32}\ncolumn: {columns: 2, heads: 1, d_model: 4, d_head: 4}"},
        {"L0340", "task: {type: presentation, stimuli: {kind: vectors, file: no/such.npy}}"},
        {"L0341", "task: {type: presentation, stimuli: {kind: vectors, file: \"${HOME}/vectors.npy\"}}"},
        {"L0342", "column: {weights: {file: dms.yaml}}"},
        {"L0350", "column: {columns: 100000}"},
        {"L0351", "task: {type: presentation, duration: 9e7 ms, presentations: 1000000}\nsimulation: {dt: 1e-9 s}"},
        {"L0360", "column: {inhibition: {type: pv_log, kappa: 3}}"},
        {"L0361", "a file without `seed:`"},
        {"L0370", "task: {type: delayed_match_to_sample}\nfit: {to: van_den_berg_2012_colour, free: [memory.encoding.n]}"},
        {"L0371", "task: {type: delayed_match_to_sample}\nfit: {to: van_den_berg_2012_colour, free: [memory.motor_noise], bounds: {memory.motor_noise: [40 deg, 1 deg]}}"},
        {"L0372", "fit: to a file without a column of angles"},
        {"L0373", "fit: with conditions that the data do not have"},
        {"L0374", "fit: to stimuli that are not on a ring"},
        {"L0375", "$ lamina fit dms.yaml"},
        {"L0401", "$ lamina run sweep.yaml"},
        {"L0402", "$ lamina run dms.yaml --trace 100000"},
        {"L0403", "$ lamina list scorse"},
        {"L0404", "a run of softmax_loop, which has no representations: lamina export DIR --to rsatoolbox"},
        {"L0501", "$ lamina run dms.yaml --device cuda:0"},
        {"L0601", "$ lamina inspect alone.h5"},
        {"L0721", "$ lamina run dms.yaml -o full"},
    };
    // clang-format on
    for (const Example& example : table)
        if (id == example.id) return example.text;
    return "";
}

} // namespace lamina
