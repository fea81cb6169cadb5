/// weights.safetensors: the weights that column and block had, made again from the spec.
#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/exports/exports.hpp"
#include "experiments/given_weights.hpp"
#include "experiments/read_spec.hpp"
#include "sim/errors.hpp"

namespace lamina {

std::vector<ExportedFile> export_safetensors(const analysis::RunData& run) {
    const std::string due = run.run->value("weights_sha256", "");
    if (due.empty())
        throw SpecError("error[L0404]: this run has no column, and so no weights\n"
                        "  = help: export a run of a task that shows something to a column");
    // those of the first variant, as run.json has them; seeds and files make them again
    const ExperimentSpec spec = read_spec_text(run.spec_text, "spec.resolved.yaml", ".");
    const VariantRun first = prepare(variants_of(spec).front());
    if (weights_hash(first.weights) != due)
        throw SpecError(
            "error[L0404]: the weights made again from spec.resolved.yaml are not those of the "
            "run\n"
            "  = note: another build, or an input file that was changed, makes others\n"
            "  = help: export with the build that made the run; run.json names it and its inputs");
    const std::string text = safetensors_bytes(arrays_of(first.weights, first.variant.spec.area));
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    return {{"weights.safetensors", {bytes, bytes + text.size()}}};
}

} // namespace lamina
