/// libFuzzer's door to the reading of experiment files: whatever the bytes, the answer is a spec or
/// a message. What is read must be writable again, and the written file must read as the same
/// values.
///
///     cmake -S . -B build/fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DLAMINA_FUZZ=ON
///     ninja -C build/fuzz fuzz_read_spec
///     build/fuzz/tests/fuzz/fuzz_read_spec -dict=tests/fuzz/yaml.dict -max_len=4096 CORPUS
///     experiments
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "experiments/check_spec.hpp"
#include "experiments/read_spec.hpp"
#include "experiments/resolved_spec.hpp"
#include "sim/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // a first line that begins with + is an override
    std::string text(reinterpret_cast<const char*>(data), size);
    std::vector<std::string> overrides;
    if (!text.empty() && text[0] == '+') {
        const std::size_t end = text.find('\n');
        overrides.push_back(text.substr(1, end == std::string::npos ? end : end - 1));
        text = end == std::string::npos ? "" : text.substr(end + 1);
    }

    lamina::ExperimentSpec spec;
    try {
        spec = lamina::read_spec_text(text, "fuzz.yaml", "/nonexistent", overrides);
    } catch (const lamina::SpecError&) { return 0; } catch (const lamina::DeviceError&) {
        return 0;
    }
    lamina::check_spec(spec);

    // round trip
    const std::string resolved = lamina::resolved_spec(spec);
    const lamina::ExperimentSpec again =
        lamina::read_spec_text(resolved, "resolved.yaml", "/nonexistent");
    if (lamina::resolved_json(again) != lamina::resolved_json(spec)) {
        std::fprintf(stderr, "resolved to another spec:\n%s\n", resolved.c_str());
        std::abort();
    }
    return 0;
}
