#include <cstdlib>

#include "experiments/sweep/ranks.hpp"

namespace lamina {

int ranks_of_launcher() {
    // Open MPI; MPICH and Intel MPI; each is set by its own launcher alone
    for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"})
        if (const char* const text = std::getenv(variable)) return std::atoi(text);
    return 0;
}

} // namespace lamina
