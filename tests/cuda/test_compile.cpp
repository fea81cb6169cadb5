/// What nvcc makes of the kernels can be judged without a device: registers, spills, stacks,
/// atomic instructions, and that nothing is contracted which the sources do not fuse.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <regex>
#include <sstream>

#include "cuda/kernel_use.hpp"
#include "support/process.hpp"
#include "support/skip.hpp"

using namespace lamina::test;
namespace fs = std::filesystem;

namespace {

const fs::path source_dir = LAMINA_SOURCE_DIR;
const fs::path budget_file = source_dir / "tests/cuda/budget.txt";

#ifdef LAMINA_NVCC
const char* const nvcc = LAMINA_NVCC;
const char* const nvcc_options = LAMINA_NVCC_OPTIONS;
#else
const char* const nvcc = "";
const char* const nvcc_options = "";
#endif

bool skip_without_nvcc() { return *nvcc == '\0' && skip("this build has no CUDA (nvcc)"); }

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

/// All that is compiled for CUDA.
std::vector<fs::path> cuda_sources() {
    std::vector<fs::path> files = {source_dir / "sim/backend_cuda.cu"};
    for (const auto& entry : fs::directory_iterator(source_dir / "kernels/cuda"))
        if (entry.path().extension() == ".cu") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// Compiles one source for the device alone; what the compiler says.
std::string compile(const fs::path& source, const std::vector<std::string>& how,
                    const fs::path& into) {
    std::vector<std::string> call = {nvcc, "-I" + source_dir.string()};
    for (const std::string& word : words_of(nvcc_options)) call.push_back(word);
    call.insert(call.end(), how.begin(), how.end());
    call.insert(call.end(), {source.string(), "-o", into.string()});
    const ProcessResult done = run_process(call);
    if (done.exit_code != 0) throw std::runtime_error(source.string() + ":\n" + done.err);
    return done.out + done.err;
}

/// What every kernel takes on these architectures, compiled two at a time.
std::vector<KernelUse> uses_of_kernels(const std::vector<int>& architectures) {
    const TemporaryDirectory folder;
    struct Job {
        fs::path source, into;
        int architecture;
    };
    std::vector<Job> jobs;
    for (const fs::path& source : cuda_sources())
        for (const int architecture : architectures)
            jobs.push_back({source, folder.path() / std::to_string(jobs.size()), architecture});
    const auto every_second = [&jobs](std::size_t first) {
        std::string said;
        for (std::size_t k = first; k < jobs.size(); k += 2)
            said += compile(
                jobs[k].source,
                {"-cubin", "-arch=sm_" + std::to_string(jobs[k].architecture), "-Xptxas=-v"},
                jobs[k].into);
        return said;
    };
    auto second = std::async(std::launch::async, every_second, 1);
    const std::string first = every_second(0);
    return read_ptxas(first + second.get());
}

/// "13.0" of what `nvcc --version` says.
std::string nvcc_release() {
    const std::string said = run_process({nvcc, "--version"}).out;
    std::smatch part;
    return std::regex_search(said, part, std::regex("release ([\\d.]+)")) ? part[1].str() : "";
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

} // namespace

TEST_CASE("kernels: registers stay within the budget, nothing spills, hot kernels have no stack",
          "[slow]") {
    if (skip_without_nvcc()) return;
    const std::vector<int> architectures = {80, 90, 100, 120};
    const std::vector<KernelUse> uses = uses_of_kernels(architectures);
    REQUIRE(uses.size() > 4 * 60);
    CHECK(joined(misuse_of_memory(uses)) == "");
    // every one is compiled for every architecture
    const RegisterBudget found = budget_of(uses, nvcc_release());
    for (const auto& [kernel, figures] : found.most_registers) {
        INFO(kernel);
        CHECK(std::count(figures.begin(), figures.end(), 0) == 0);
    }
    // what must be there, and how many threads of it must fit into a block
    for (const char* body :
         {"ScatterSpikes<uint32>", "ScatterSpikes<EmittedSpike>", "DriveNeurons",
          "RunInSharedRing<LifExp<float>,float>", "AdvanceNeurons<LifExp<float>,float>",
          "GateRows<float>", "StepGroups<LifExp<float>,float>", "StepGroups<LifDelta<float>,float>",
          "StepGroups<EscapeExp<float>,float>", "SpikeGates<double>", "SpikeAllHidden<float>",
          "StepBurstCells<TwoCompartmentBurst<float>,float>"}) {
        INFO(body);
        REQUIRE(found.most_registers.count(body) == 1);
        CHECK(is_hot(body));
        const auto& figures = found.most_registers.at(body);
        CHECK(*std::max_element(figures.begin(), figures.end()) <= 64); // of 65536, 1024 threads
    }

    if (std::getenv("LAMINA_WRITE_EXPECTED")) std::ofstream(budget_file) << write_budget(found);
    const RegisterBudget budget = read_budget(read_file(budget_file));
    if (budget.compiler != found.compiler) {
        skip("the budget of registers is that of nvcc " + budget.compiler + ", and this is " +
             found.compiler);
        return;
    }
    CHECK(joined(over_budget(uses, budget)) == "");
}

TEST_CASE("kernels: sums are integers and lie where they should; nothing is contracted", "[slow]") {
    if (skip_without_nvcc()) return;
    const TemporaryDirectory folder;
    std::size_t n_kernels = 0;
    for (const fs::path& source : cuda_sources()) {
        const fs::path ptx = folder.path() / (source.stem().string() + ".ptx");
        compile(source, {"-ptx", "-arch=compute_90"}, ptx);
        for (const PtxKernel& kernel : read_ptx(read_file(ptx))) {
            ++n_kernels;
            CHECK(joined(misuse_of_instructions(kernel)) == "");
        }
    }
    CHECK(n_kernels > 60);
}

// ---- the judges themselves

namespace {

const char* const lif_exp = "_ZN6lamina4cuda9run_blockINS_15RunInSharedRingINS_6LifExpIfEEfEEEEvT_";

std::string report(const std::string& mangled, int architecture, const std::string& memory,
                   int registers) {
    return "ptxas info    : Compiling entry function '" + mangled + "' for 'sm_" +
           std::to_string(architecture) + "'\nptxas info    : Function properties for " + mangled +
           "\n    " + memory + "\nptxas info    : Used " + std::to_string(registers) +
           " registers, used 1 barriers, 2048+16 bytes smem, 560 bytes cmem[0]\n";
}

const char* const clean = "0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads";

} // namespace

TEST_CASE("kernels: names are read as one writes them") {
    CHECK(short_name(lif_exp) == "RunInSharedRing<LifExp<float>,float>");
    CHECK(short_name("_ZN6lamina4cuda9run_itemsINS_12SuspectWordsImEEEEvmT_") ==
          "SuspectWords<uint64>");
    CHECK(short_name("_ZN6lamina4cuda8run_rowsINS_9ScoreRowsINS_12_GLOBAL__N_13DotEdEEEEvmT_") ==
          "ScoreRows<Dot,double>");
    CHECK(short_name("main") == "main");
    CHECK(is_hot("GateRows<float>"));
    CHECK(is_hot("ScatterSpikes<uint32>"));
    CHECK(is_hot("NoiseOfANeuron"));
    CHECK_FALSE(is_hot("EveryFunction<float>"));
}

TEST_CASE("kernels: what ptxas reports is judged by kernel and architecture") {
    const auto uses = read_ptxas("ptxas info    : 0 bytes gmem\n" + report(lif_exp, 80, clean, 40) +
                                 report(lif_exp, 90, clean, 42));
    REQUIRE(uses.size() == 2);
    CHECK(uses[1].kernel == "RunInSharedRing<LifExp<float>,float>");
    CHECK(uses[1].architecture == 90);
    CHECK(uses[1].registers == 42);
    CHECK(uses[1].shared_bytes == 2048);
    CHECK(misuse_of_memory(uses).empty());

    RegisterBudget budget = budget_of(uses, "13.0");
    CHECK(over_budget(uses, budget).empty());
    const std::string text = write_budget(budget);
    CHECK(read_budget(text).most_registers == budget.most_registers);
    CHECK(read_budget(text).architectures == std::vector<int>{80, 90});
    CHECK(read_budget(text).compiler == "13.0");
    CHECK_THROWS(read_budget(text + "ScatterSpikes<uint32> 40\n"));
    CHECK_THROWS(read_budget(text + "ScatterSpikes<uint32> 40 many\n"));

    budget.most_registers.begin()->second[1] = 41;
    CHECK(over_budget(uses, budget) ==
          std::vector<std::string>{
              "RunInSharedRing<LifExp<float>,float> on sm_90: found 42 registers, allowed 41"});
    budget.most_registers.clear();
    CHECK(over_budget(uses, budget) ==
          std::vector<std::string>{"RunInSharedRing<LifExp<float>,float> on sm_80: found 40 "
                                   "registers, and no line in the budget"});
    budget.most_registers["Gone"] = {1, 1};
    CHECK(over_budget(uses, budget).back() == "Gone: in the budget, but no kernel");

    const auto stack = read_ptxas(report(
        lif_exp, 100, "16 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads", 40));
    CHECK(
        misuse_of_memory(stack) ==
        std::vector<std::string>{
            "RunInSharedRing<LifExp<float>,float> on sm_100: found 16 bytes of stack, allowed 0"});
    CHECK(over_budget(stack, budget_of(uses, "13.0")).size() == 1);
    const auto spills = read_ptxas(report(
        "EveryFunction", 80, "8 bytes stack frame, 8 bytes spill stores, 4 bytes spill loads", 40));
    CHECK(misuse_of_memory(spills) ==
          std::vector<std::string>{"EveryFunction on sm_80: found 8 bytes of spill stores and 4 of "
                                   "spill loads, allowed 0"});
    CHECK(misuse_of_memory(read_ptxas("Compiling entry function 'k' for 'sm_80'")).size() == 1);
}

TEST_CASE("kernels: every instruction that may not be there is found") {
    const std::string ring = "\n\tatom.shared.add.u32 %r1, [%r2], %r3;"
                             "\n\tatom.global.add.u32 %r1, [%rd2], 1;"
                             "\n\tatom.add.release.gpu.u32 %r1, [%rd3], %r4;";
    const std::string three_fma = "\n\tfma.rn.f32 %f1, %f2, %f3, %f4;"
                                  "\n\tfma.rn.f32 %f1, %f2, %f3, %f4;"
                                  "\n\tfma.rn.f32 %f1, %f2, %f3, %f4;";
    const auto read = read_ptx(".visible .entry " + std::string(lif_exp) +
                               "(\n.param .b8 p[8]\n)\n{" + ring + three_fma + "\n\tret;\n\n}\n");
    REQUIRE(read.size() == 1);
    CHECK(joined(misuse_of_instructions(read[0])) == "");
    const auto with = [&](const std::string& more) {
        return misuse_of_instructions({read[0].kernel, read[0].body + more}).size();
    };
    CHECK(with("\n\tadd.rn.f32 %f1, %f2, %f3;") == 0);
    CHECK(with("\n\tadd.f32 %f1, %f2, %f3;") == 1);
    CHECK(with("\n\tmul.f64 %fd1, %fd2, %fd3;") == 1);
    CHECK(with("\n\tfma.rn.f32 %f1, %f2, %f3, %f4;") == 1);
    CHECK(with("\n\tsqrt.approx.f32 %f1, %f2;") == 1);
    CHECK(with("\n\tmul.rn.ftz.f32 %f1, %f2, %f3;") == 1);
    CHECK(with("\n\tst.local.u32 [%rd1], %r1;") == 1);
    CHECK(with("\n\tatom.global.cas.b32 %r1, [%rd1], %r2, %r3;") == 2); // and of another kind
    CHECK(with("\n\tatom.add.u32 %r1, [%rd1], %r2;") == 1);             // anywhere
    CHECK(with("\n\tatom.global.add.f32 %f1, [%rd1], %f2;") == 2);
    CHECK(with("\n\tred.shared.add.u32 [%r1], %r2;") == 1);
    CHECK(misuse_of_instructions({"RunInSharedRing<LifExp<float>,float>", three_fma}).size() == 1);
    const std::string alone = "RunAlone<RunInSharedRing<LifExp<float>,float>>",
                      list = "\n\tatom.add.u32 %r1, [%rd2], 1;",
                      own = "\n\tatom.shared.add.u32 %r1, [%r2], %r3;";
    CHECK(misuse_of_instructions({alone, own + list + three_fma}).empty());
    CHECK(misuse_of_instructions({alone, list + list + three_fma}).size() == 1);
    CHECK(misuse_of_instructions({alone, ring + three_fma}).size() == 1);
    CHECK(misuse_of_instructions({alone, own + list}).size() == 1);
    CHECK(misuse_of_instructions({"ScatterSpikes<uint32>", ring}).size() == 2);
    CHECK(misuse_of_instructions({"ScatterSpikes<EmittedSpike>", ""}).size() == 1);
    CHECK(misuse_of_instructions({"DriveNeurons", three_fma}).size() == 2);
    CHECK(misuse_of_instructions({"AddGlobal", ""}).size() == 1);
    const std::string four = "\n\tld.shared.v4.f32 {%f1, %f2, %f3, %f4}, [%r1];",
                      eight_fma = three_fma + three_fma + "\n\tfma.rn.f32 %f1, %f2, %f3, %f4;" +
                                  "\n\tfma.rn.f32 %f1, %f2, %f3, %f4;";
    CHECK(misuse_of_instructions({"MatmulBlocks<float,64>", four + eight_fma}).empty());
    CHECK(misuse_of_instructions({"MatmulBlocks<float,64>", four + three_fma}).size() == 1);
    CHECK(misuse_of_instructions({"MatmulBlocks<float,64>", eight_fma}).size() == 1);
    CHECK(misuse_of_instructions({"MatmulBlocks<float,64>", ""}).size() == 1);
    CHECK(misuse_of_instructions({"AddShared", ""}).size() == 1);
    CHECK(misuse_of_instructions({"AdvanceNeurons<LifExp<float>,float>", three_fma}).empty());
}
