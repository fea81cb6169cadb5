#include "experiments/threads.hpp"

#include <sched.h>

#include <cstdlib>
#include <initializer_list>

namespace lamina {

namespace {

int number_in_environment(const char* variable) {
    const char* text = std::getenv(variable);
    return text ? std::atoi(text) : 0;
}

} // namespace

int thread_count(int asked) {
    if (asked > 0) return asked;
    for (const char* variable : {"OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"})
        if (const int n = number_in_environment(variable); n > 0) return n;
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) > 0)
        return CPU_COUNT(&mask);
    return 1;
}

} // namespace lamina
