/// Every kind of problem an experiment file can have: what `lamina explain L0204` prints.
#include "experiments/problems.hpp"

namespace lamina {

// clang-format off
const std::vector<ProblemKind>& problem_kinds() {
    static const std::vector<ProblemKind> table = {
        // the text
        {"L0101", "the file cannot be read", "There is no such file, it is a folder, or reading it is not allowed.", "Check the name and the permissions."},
        {"L0102", "the file is too long", "An experiment file has 16 MB at most, so that a wrong file is refused before it costs memory.", "Keep tables in files of their own and name them."},
        {"L0103", "the file is empty", "Nothing but blanks and comments is written there.", "Begin with `lamina: 1`, `name:` and `task:`."},
        {"L0104", "not UTF-8", "The file holds bytes that are no text in UTF-8, so that editors would show it differently.", "Save the file as UTF-8."},
        {"L0105", "a control character", "Controls and marks that change the direction of text are invisible in most editors and can hide what a file says.", "Delete the character."},
        {"L0106", "not YAML", "The text breaks the syntax of YAML at the place shown.", "The help line says what is usual there."},
        {"L0107", "an alias refers to itself", "The value would contain itself without end.", "Write the value out."},
        {"L0108", "an alias without anchor", "`*word` stands for a value marked `&word` above it, and there is none.", "Mark the value, or write it out."},
        {"L0109", "too many values", "Aliases are counted at each use; beyond 10^6 values a file is taken for a mistake or an attack.", "Keep tables in files of their own."},
        {"L0110", "nested too deeply", "More than 64 levels; an experiment file needs 5.", "Check the brackets."},
        {"L0111", "a tag", "Tags such as `!!float` ask for types; Lamina knows the type of every key, and readers of YAML treat tags differently.", "Delete the tag."},
        {"L0112", "a merge key", "`<<` belongs to YAML 1.1 only, and what it overrides depends on the reader.", "Write the keys out."},
        {"L0113", "a key that is not a word", "Lists, maps, aliases and nothing cannot be keys.", "Write `key: value`."},
        {"L0114", "a second document", "One file is one experiment; a second document would be ignored by some readers.", "Use two files."},
        {"L0115", "a directive", "`%YAML` and `%TAG` change how the text is read.", "Delete the line."},
        {"L0116", "an anchor given twice", "Aliases below it would mean different things depending on their place.", "Give the anchors different names."},
        // keys and values
        {"L0201", "a key given twice", "Lamina never picks one of two values.", "Remove one of them."},
        {"L0202", "a value of the wrong shape", "One value, a list or a map of keys is due, and another was written.", "`lamina explain` with the key shows an example."},
        {"L0203", "a key is missing", "`lamina`, `name` and `task.type` have no default.", "Write the key."},
        {"L0204", "an unknown key", "A key that nothing reads is a typing error or a wrong belief about the model; both change results silently.", "The nearest known key is suggested; `lamina explain` lists the keys of a section."},
        {"L0205", "an unknown word", "The value is a word from a list, and this one is not in it.", "Write one of the words named."},
        {"L0206", "out of range", "The model is not defined, or makes no sense, with this value.", "`lamina explain` with the key gives the range and what the value means."},
        {"L0207", "no unit", "Every physical quantity carries its unit: 10 could be milliseconds or seconds. A space stands between number and unit.", "Write for example `10 ms`."},
        {"L0208", "a unit of another dimension", "The value has a unit, but of something else than is due.", "Use one of the units named."},
        {"L0209", "an unknown unit", "Units are spelled as in the SI, capitals included.", "Use one of the units named."},
        {"L0210", "not a number", "A number is due and something else was written: text, a fraction for a whole number, or a number in quotes.", "Write digits, with a point for decimals."},
        {"L0211", "a unit where none is due", "The value is dimensionless.", "Delete what stands behind the number."},
        {"L0212", "true or false written otherwise", "yes, no, on and off are booleans in YAML 1.1 and text in YAML 1.2.", "Write true or false; put text in quotes."},
        {"L0213", "an ambiguous number", "010, 0x10, 1_000, 1:30, .5 and 5. are read differently by different readers of YAML.", "Write a plain decimal number; put text in quotes."},
        {"L0214", "not a finite double", "NaN and infinity, and numbers that overflow or vanish, such as 1e400 and 1e-400, cannot be used in a calculation.", "Write a number between 1e-300 and 1e300, or 0."},
        {"L0215", "no value", "The key stands there without a value.", "Write a value, or delete the key to get the default."},
        {"L0216", "an unknown format version", "`lamina:` says for which version of the format the file was written.", "Write `lamina: 1`, or use a newer Lamina."},
        {"L0217", "not in this version", "Lamina knows what is meant and cannot do it yet.", "Use one of the alternatives named."},
        {"L0218", "a name that cannot be part of a file name", "The run directory is named after the experiment and must stay where it is put.", "Use letters, digits, points, _ and -."},
        {"L0219", "not an override", "Overrides have the form path.to.key=value.", "Write for example simulation.dt=\"0.05 ms\"."},
        {"L0220", "not a bound", "`expect` compares a number of the summary with a bound.", "Write <, <=, > or >= and a number, in quotes."},
        {"L0221", "a path that cannot be used here", "`vary` and `expect` name keys by their whole path, joined by points.", "Check the path; `lamina explain` lists the keys."},
        {"L0222", "an empty list, or a value twice in a list", "Each value makes a condition or a variant of its own.", "Write each value once."},
        {"L0223", "too many variants", "Variants of one run are kept in memory together.", "Use `sweep:`."},
        // values that do not fit together
        {"L0310", "not a multiple of dt", "Time is counted in steps; a duration between two steps would be rounded silently.", "Use one of the two nearest multiples, or another dt."},
        {"L0311", "explicit Euler is unstable", "With dt >= 2 tau the error grows in every step.", "Use a smaller dt or the exponential integrator."},
        {"L0312", "dt is coarse", "With dt > tau / 10 an explicit method is inaccurate for the fastest population.", "Use a smaller dt or the exponential integrator."},
        {"L0313", "the PV loop does not settle", "Delays and lags turn the linearised loop of gates and PV cells unstable beyond a margin that follows from their time constants (docs/model.md).", "Shorten the delay or lag, or lengthen column.tau.PV."},
        {"L0320", "more items than places", "Every item of a trial is written to a column of its own, and one column is the read-out.", "Use more columns or smaller loads."},
        {"L0321", "more items than stimuli", "The items of a trial are different stimuli, and a non-match probe is yet another.", "Use more stimuli or smaller loads."},
        {"L0322", "matched weights do not fit", "Matched weights are rows of one orthogonal matrix, shared out among the heads: heads * d_head = d_model.", "Change one of the three, or use random weights."},
        {"L0323", "stimuli without angles", "The task reports an angle, or compares angles, and only stimuli on a ring have one.", "Use task.stimuli.kind: ring."},
        {"L0324", "more items than places on the circle", "Items of a display are at different places.", "Use more places or smaller loads."},
        {"L0325", "no units left for the stimulus", "The first units of d_model hold the place of an item and the others its stimulus.", "Use fewer units for places or a larger d_model."},
        {"L0326", "weights that do not fit", "Weights that are given are matrices and vectors with names and shapes that follow from the column, of finite numbers.", "docs/model.md lists them; the help line says what is due."},
        {"L0327", "weights from two places", "A file and values are given, and only one of them can be used.", "Delete one, or say which with kind."},
        {"L0330", "this integrator cannot do that", "A delay needs the past, which euler, rk4, dopri5 and rosenbrock4 do not keep.", "Use the exponential integrator."},
        {"L0331", "this integrator loses its order with noise", "rk4, dopri5 and rosenbrock4 assume a smooth right-hand side.", "Use the exponential integrator, or euler (Euler and Maruyama)."},
        {"L0332", "there are no PV cells", "`oracle` and `none` have no PV population that could be noisy or late.", "Delete the key, or use pv_log."},
        {"L0333", "too large a column for rosenbrock4", "rosenbrock4 solves with the dense Jacobian of all variables in every step.", "Use a smaller column, or the exponential integrator."},
        {"L0334", "rosenbrock4 in single precision", "Its linear solves would use up what digits single precision has.", "Use precision: float64."},
        {"L0340", "an input file is missing", "The file named in the experiment is not there. Names are relative to the experiment file.", "Check the name."},
        {"L0341", "a variable in a file name is not set", "${LAMINA_DATA} stands for the folder of the data files.", "Set it: export LAMINA_DATA=/path/to/data."},
        {"L0342", "an input file that cannot be read as what it should be", "The file is cut, damaged, or in another format. Nothing that it claims about itself is believed unchecked.", "The help line says how to save it."},
        {"L0350", "not enough memory", "Weights, state and the inputs of a trial would need more memory than this machine has free.", "Use fewer or smaller columns."},
        {"L0351", "too many steps", "Steps are counted in doubles at places; beyond 2^53 they would not be whole.", "Use a longer dt, or fewer or shorter trials."},
        {"L0370", "a value that cannot be fitted", "A fit frees a few values of memory and decision: expected counts (or slots and their noise), motor noise for reported angles, the criterion for change detection. What else shapes the answers stays as the model has it, so that a fit cannot bend the model.", "Free one of the values named."},
        {"L0371", "bounds that cannot be used", "Bounds are a range within which the law is computed, for a value that is free.", "Write [low, high] as the help line shows."},
        {"L0372", "data that cannot be fitted", "The file's lines or columns are not what a fit needs; a line that was passed over silently would change the result.", "Mend the line named; docs/fitting.md lists the columns."},
        {"L0373", "a set size that the data do not have", "`fit.conditions` says which set sizes are fitted.", "Name set sizes of the data."},
        {"L0374", "a fit without angles", "The laws of recall are about stimuli on a ring.", "Use task.stimuli.kind: ring."},
        {"L0375", "nothing to fit", "`lamina fit` needs `fit:` with data and free values.", "Write fit: {to: van_den_berg_2012_colour, free: [memory.encoding.counts]}."},
        {"L0360", "a key that changes nothing", "The key belongs to something that is not selected.", "Delete it, or select what it belongs to."},
        // the command line
        {"L0401", "a file with sweep", "`lamina run` runs one point; a sweep is many.", "Run the base point with --ignore-sweep, or cross a few factors with `vary:`."},
        {"L0402", "a trial that does not exist", "--trace names one trial of the run, counted from 0.", "Use a number below the count of trials; `lamina check FILE` prints it."},
        {"L0403", "an unknown name on the command line", "The command lists what it knows.", "Use one of the names listed."},
        {"L0404", "nothing to export", "The run has no data of the kind that this format holds.", "Export a run that has, or another format."},
        {"L0501", "a device that is not here", "The run would silently be another one if it fell back.", "Leave --device out, or use cpu."},
        {"L0601", "a file that nothing vouches for", "HDF5 files are opened only after their SHA-256 was found in a run.json beside them: the library that reads them is not made for damaged or hostile ones.", "Keep the file in its run directory; or say --trust, and it is read in a process of its own."},
        {"L0721", "the output is there already", "Lamina never overwrites: results would be lost, or files that are not its own.", "Give another -o, or move the file away; --force replaces a finished run of Lamina."},
        {"L0361", "no seed", "Without `seed:` every run uses seed 1.", "Write a seed, so that a reader sees it."},
    };
    return table;
}
// clang-format on

} // namespace lamina
