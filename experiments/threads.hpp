/// How many threads a command may use.
#pragma once

namespace lamina {

/// `asked` when positive; else OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else the processors this
/// process may run on. At least 1.
int thread_count(int asked);

} // namespace lamina
