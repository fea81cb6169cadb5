#include <algorithm>
#include <cstdlib>
#include <unistd.h>

#include "experiments/sweep/ranks.hpp"

namespace lamina {

int ranks_of_launcher() {
    // Open MPI; MPICH and Intel MPI; srun --mpi=pmix
    for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
        if (const char* const text = std::getenv(variable)) return std::atoi(text);
    const char* const of_step = std::getenv("SLURM_STEP_NUM_TASKS");
    return std::getenv("PMIX_RANK") && of_step ? std::atoi(of_step) : 0;
}

int cores_of_rank(int cores) {
    const char* const here = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
    const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
    const int n = here ? std::atoi(here) : 0;
    return n > 1 && online > 0 ? std::max(1, std::min(cores, int(online) / n)) : cores;
}

} // namespace lamina
