/// What nvcc makes of a kernel: registers and memory by architecture, as ptxas reports them, and
/// its instructions, as PTX has them; and what they are held to.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lamina::test {

/// What a thread of one kernel takes on one architecture; shared memory: of a block.
struct KernelUse {
    std::string kernel; ///< "RunInSharedRing<LifExp<float>,float>"
    int architecture = 0;
    int registers = -1; ///< -1: not reported
    int stack_bytes = 0, spill_store_bytes = 0, spill_load_bytes = 0, shared_bytes = 0;
};

/// The body in a kernel's mangled name, without our namespaces and without spaces.
std::string short_name(const std::string& mangled);

/// Every kernel in what `nvcc -Xptxas -v` says.
std::vector<KernelUse> read_ptxas(const std::string& text);

/// All but a few that are named in the source.
bool is_hot(const std::string& kernel);

/// The most registers that each kernel may take.
struct RegisterBudget {
    std::string compiler; ///< "13.0": what the figures are of
    std::vector<int> architectures;
    std::map<std::string, std::vector<int>> most_registers; ///< [architectures]
};
/// @throws std::runtime_error naming the line that is none
RegisterBudget read_budget(const std::string& text);
std::string write_budget(const RegisterBudget&);
RegisterBudget budget_of(const std::vector<KernelUse>&, const std::string& compiler);

/// What is wrong whatever the budget says: spills, and stacks of hot kernels.
std::vector<std::string> misuse_of_memory(const std::vector<KernelUse>&);
/// Kernels above the budget, missing from it, or in it and nowhere else.
std::vector<std::string> over_budget(const std::vector<KernelUse>&, const RegisterBudget&);

struct PtxKernel {
    std::string kernel, body;
};
std::vector<PtxKernel> read_ptx(const std::string& text);

/// Instructions that a kernel may not have, or lacks.
std::vector<std::string> misuse_of_instructions(const PtxKernel&);

} // namespace lamina::test
