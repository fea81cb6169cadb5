/// `lamina predict`: what an experimenter should measure, ranked, for the run at hand.
#include "experiments/commands/commands.hpp"

#include <cstdio>

#include "experiments/predictions/prediction.hpp"
#include "experiments/run_record.hpp"
#include "experiments/threads.hpp"

namespace lamina::commands {

int predict(const std::string& directory, bool json) {
    const RunDirectory run = RunDirectory::open(directory);
    refuse_sweep(run, "predict");
    const auto predictions = lamina::predict(run, thread_count(0));
    if (json)
        std::printf("%s\n", predictions_json(predictions).dump(2).c_str());
    else
        std::printf("%s", predictions_text(predictions).c_str());
    return 0;
}

} // namespace lamina::commands
