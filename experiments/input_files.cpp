#include "experiments/input_files.hpp"

#include "experiments/data_path.hpp"
#include "experiments/fields.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {

std::vector<InputFile> input_files(ExperimentSpec& spec) {
    std::vector<InputFile> files = {{"task.stimuli.file", &spec.task.stimuli.file},
                                    {"task.stimuli.names", &spec.task.stimuli.names},
                                    {"column.weights.file", &spec.weights_file}};
    for (ComparisonDataSpec& data : spec.compare_with)
        for (std::string* name : {&data.file, &data.rdm, &data.models, &data.names})
            files.push_back({"compare_with", name});
    files.push_back({"fit.to", &spec.fit.to.file});
    for (PopulationTable& table : spec.circuit.populations)
        files.push_back(
            {"circuit.populations." + table.neurons.name + ".spikes.file", &table.spikes_file});
    for (ProjectionTable& table : spec.circuit.projections)
        files.push_back({"circuit.projections." + table.name + ".rule.file", &table.synapses_file});
    return files;
}

nlohmann::ordered_json inputs_json(const ExperimentSpec& given) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    ExperimentSpec spec = given;
    for (const InputFile& file : input_files(spec)) {
        if (file.name->empty() || !find_field(file.path)->applies(spec)) continue;
        const std::string bytes = read_input_file(input_path(*file.name, spec.folder));
        out.push_back({{"key", file.path},
                       {"file", *file.name},
                       {"sha256", sha256_of(bytes)},
                       {"bytes", bytes.size()}});
    }
    return out;
}

} // namespace lamina
