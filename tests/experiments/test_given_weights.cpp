/// Weights that an experiment gives: however they come, the run is the same; and what is wrong with
/// their files is told.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>

#include <boost/crc.hpp>
#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/given_weights.hpp"
#include "experiments/read_spec.hpp"
#include "kernels/philox.hpp"
#include "sim/errors.hpp"
#include "support/process.hpp"

using namespace lamina;
using namespace lamina::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::string little_endian(std::uint64_t value, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += char(i < 8 ? value >> (8 * i) & 0xff : 0);
    return out;
}

template <class T> std::string raw(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string npy_text(const std::string& shape, const std::vector<double>& values,
                     const std::string& descr = "<f8", const std::string& fortran = "False") {
    const std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran +
                               ", 'shape': (" + shape + "), }\n";
    return "\x93NUMPY\x01" + std::string(1, '\0') + little_endian(header.size(), 2) + header +
           raw(values);
}

/// An archive of files, each stored as it is.
std::string archive(const std::vector<std::pair<std::string, std::string>>& files, int method = 0) {
    std::string out, directory;
    for (const auto& [name, bytes] : files) {
        boost::crc_32_type sum;
        sum.process_bytes(bytes.data(), bytes.size());
        const std::string common = little_endian(0, 2) + little_endian(method, 2) +
                                   little_endian(0, 4) + little_endian(sum.checksum(), 4) +
                                   little_endian(bytes.size(), 4) + little_endian(bytes.size(), 4) +
                                   little_endian(name.size(), 2) + little_endian(0, 2);
        directory += "PK\x01\x02" + little_endian(20, 2) + little_endian(20, 2) + common +
                     little_endian(0, 10) + little_endian(out.size(), 4) + name;
        out += "PK\x03\x04" + little_endian(20, 2) + common + name + bytes;
    }
    const std::size_t at = out.size();
    return out + directory + "PK\x05\x06" + little_endian(0, 4) + little_endian(files.size(), 2) +
           little_endian(files.size(), 2) + little_endian(directory.size(), 4) +
           little_endian(at, 4) + little_endian(0, 2);
}

std::string tensors(const std::string& header, const std::string& data) {
    return little_endian(header.size(), 8) + header + data;
}

template <class Parse> std::string refusal_of_weights(Parse parse, const std::string& bytes) {
    try {
        parse(bytes, "w");
    } catch (const SpecError& error) { return error.what(); }
    return "not refused";
}

std::string small(const std::string& weights) {
    return "lamina: 1\nname: small\nseed: 3\nsimulation: {dt: 0.5 ms}\n"
           "column: {columns: 4, heads: 2, d_model: 8, d_head: 4, d_ff: 6, norm: pre, weights: " +
           weights + "}\ntask: {type: presentation, duration: 200 ms, presentations: 2}\n";
}

VariantRun ran(const std::string& weights, const fs::path& folder) {
    const ExperimentSpec spec = read_spec_text(small(weights), "a.yaml", folder.string());
    VariantRun run = prepare(variants_of(spec).front());
    const std::atomic<bool> stop{false};
    run_variant(
        run, 1, Device{}, -1, [] {}, stop);
    return run;
}

/// The arrays as YAML has them.
std::string in_yaml(const NamedArrays& arrays) {
    nlohmann::ordered_json values;
    for (const NamedArray& array : arrays) {
        const std::size_t rows = array.shape.size() == 2 ? array.shape[0] : 0;
        for (std::size_t i = 0; i < rows; ++i)
            values[array.name].push_back(std::vector<double>(
                array.values.begin() + std::ptrdiff_t(i * array.shape[1]),
                array.values.begin() + std::ptrdiff_t((i + 1) * array.shape[1])));
        if (rows == 0) values[array.name] = array.values;
    }
    return "{values: " + values.dump() + "}";
}

} // namespace

TEST_CASE("weights as values, from files and as random ones that were exported: the same bits") {
    TemporaryDirectory scratch;
    const VariantRun random = ran("{kind: random, biases: true}", scratch.path());
    const NamedArrays arrays = arrays_of(random.weights, random.variant.spec.area);
    REQUIRE(arrays.size() == 16);
    write_file(scratch.path() / "w.safetensors", safetensors_bytes(arrays));
    std::vector<std::pair<std::string, std::string>> files;
    for (const NamedArray& array : arrays) {
        std::string shape = std::to_string(array.shape[0]) + ",";
        if (array.shape.size() == 2) shape += std::to_string(array.shape[1]);
        files.emplace_back(array.name + ".npy", npy_text(shape, array.values));
    }
    write_file(scratch.path() / "w.npz", archive(files));

    for (const std::string& given :
         {std::string("{file: w.safetensors}"), std::string("{file: w.npz}"), in_yaml(arrays)}) {
        INFO(given.substr(0, 40));
        const VariantRun again = ran(given, scratch.path());
        CHECK(weights_hash(again.weights) == weights_hash(random.weights));
        REQUIRE(again.records.size() == random.records.size());
        for (std::size_t n = 0; n < again.records.size(); ++n) {
            const TrialRecord &a = again.records[n], &b = random.records[n];
            CHECK(a.rate_rms == b.rate_rms);
            CHECK(a.weights == b.weights);
            CHECK(a.reference == b.reference); // the block has them too
            CHECK(a.presentations[0].fidelity.output_relative_error ==
                  b.presentations[0].fidelity.output_relative_error);
        }
    }
    // and they are what decides: with one entry changed it is another run, of column and block
    NamedArrays other = arrays;
    other[0].values[0] += 0.1;
    const VariantRun changed = ran(in_yaml(other), scratch.path());
    CHECK(changed.records[0].weights != random.records[0].weights);
    CHECK(changed.records[0].reference != random.records[0].reference);
    CHECK(changed.records[0].presentations[0].fidelity.attention_kl_bits < 1e-3);
}

TEST_CASE("heads may have an axis of their own") {
    AreaSpec area;
    area.heads = 2, area.d_model = 3, area.d_head = 2;
    NamedArrays stacked;
    for (const WeightArray& one : weight_arrays(area)) {
        if (!one.unused.empty()) continue;
        std::size_t n = 1;
        for (const std::size_t size : one.shape) n *= size;
        std::vector<double> values(n);
        for (std::size_t i = 0; i < n; ++i) values[i] = double(i) + 0.5;
        stacked.push_back({one.name, one.shape, values});
    }
    NamedArrays by_head = stacked;
    for (std::size_t i = 0; i < by_head.size(); ++i)
        for (const WeightArray& one : weight_arrays(area))
            if (by_head[i].name == one.name) by_head[i].shape = one.shape_by_head;
    CHECK(by_head[0].shape == std::vector<std::size_t>{2, 2, 3});
    CHECK(weights_hash(given_weights(area, by_head, "")) ==
          weights_hash(given_weights(area, stacked, "")));
}

TEST_CASE("an exported run gives its weights to another, and run.json knows their file") {
    TemporaryDirectory scratch;
    const auto run = [&](const std::string& name, const std::string& weights) {
        write_file(scratch.path() / (name + ".yaml"), small(weights));
        const auto done = run_lamina({"run", name + ".yaml", "--no-report", "-o", name},
                                     {scratch.path(), "", {}, 120});
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        return nlohmann::json::parse(read_file(scratch.path() / name / "run.json"));
    };
    const auto random = run("random", "random");
    CHECK(random["inputs"].empty());
    const std::string file = (scratch.path() / "random/weights.safetensors").string();
    REQUIRE(run_lamina({"export", (scratch.path() / "random").string(), "--to", "safetensors"})
                .exit_code == 0);
    const auto given = run("given", "{file: random/weights.safetensors}");
    CHECK(given["summary"] == random["summary"]);
    CHECK(given["weights_sha256"] == random["weights_sha256"]);
    REQUIRE(given["inputs"].size() == 1);
    CHECK(given["inputs"][0]["key"] == "column.weights.file");
    CHECK(given["inputs"][0]["bytes"] == fs::file_size(file));
    const auto sum = run_process({"sha256sum", file}).out;
    CHECK(given["inputs"][0]["sha256"] == sum.substr(0, 64));

    // the resolved spec runs from anywhere, with values as well
    const auto again = [&](const std::string& name) {
        const auto done = run_lamina({"run", "spec.resolved.yaml", "--no-report", "-o",
                                      (scratch.path() / "again" / name).string()},
                                     {scratch.path() / name, "", {}, 120});
        INFO(done.err);
        REQUIRE(done.exit_code == 0);
        return nlohmann::json::parse(read_file(scratch.path() / "again" / name / "run.json"));
    };
    CHECK(again("given")["summary"] == random["summary"]);
    const NamedArrays arrays = parse_safetensors(read_file(file), file);
    CHECK(run("values", in_yaml(arrays))["summary"] == random["summary"]);
    CHECK(again("values")["summary"] == random["summary"]);

    // a file that was changed in between is not taken for the run's
    std::string bytes = read_file(file);
    bytes.back() ^= 1;
    fs::permissions(file, fs::perms::owner_all);
    write_file(file, bytes);
    const auto refused =
        run_lamina({"export", (scratch.path() / "given").string(), "--to", "safetensors"});
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("are not those of the run"));
}

TEST_CASE("npz: what is damaged, compressed or no numbers is told with its place") {
    const auto parse = [](const std::string& bytes, const std::string& name) {
        return parse_npz(bytes, name);
    };
    const std::vector<double> two = {1.5, -2};
    const std::string good =
        archive({{"W_Q.npy", npy_text("2,", two)}, {"b_Q.npy", npy_text("1, 2", two)}});
    const NamedArrays read = parse_npz(good, "w");
    REQUIRE(read.size() == 2);
    CHECK(read[0].name == "W_Q");
    CHECK(read[0].values == two);
    CHECK(read[1].shape == std::vector<std::size_t>{1, 2});

    const auto said = [&](const std::string& file) {
        return refusal_of_weights(parse, archive({{"W_Q.npy", file}}));
    };
    CHECK_THAT(said(npy_text("2,", {1.5})),
               Contains("w: W_Q.npy: its shape claims 16 bytes and 8 follow"));
    CHECK_THAT(said(npy_text("2,", two, "<f8", "True")), Contains("Fortran order"));
    CHECK_THAT(said(npy_text("2,", two, "|O")), Contains("holds numbers of type '|O'"));
    CHECK_THAT(said(npy_text("2,", two, ">f8")), Contains("holds numbers of type '>f8'"));
    CHECK_THAT(said("\x80\x04pickle"), Contains("W_Q.npy: is not a NumPy .npy file"));
    CHECK_THAT(refusal_of_weights(parse, "PK"), Contains("is cut short: its directory is missing"));
    CHECK_THAT(refusal_of_weights(parse, "\x93NUMPY"), Contains("is not an .npz file (byte 0)"));
    CHECK_THAT(refusal_of_weights(parse, archive({{"a.npy", npy_text("2,", two)}}, 8)),
               Contains("compressed"));
    CHECK_THAT(refusal_of_weights(parse, archive({{"a.txt", "x"}})),
               Contains("`a.txt` in it is no .npy file"));
    CHECK_THAT(refusal_of_weights(parse, archive({{"a.npy", npy_text("2,", two)},
                                                  {"a.npy", npy_text("2,", two)}})),
               Contains("holds `a` twice"));
    std::string flipped = good;
    flipped[good.find("PK\x01\x02") - 1] ^= 1;
    CHECK_THAT(refusal_of_weights(parse, flipped), Contains("its checksum is wrong"));

    // every cut, and every byte changed: refused, or nothing that matters
    for (std::size_t n = 0; n < good.size(); ++n) {
        CHECK(refusal_of_weights(parse, good.substr(0, n)) != "not refused");
        for (const int bit : {1, 0x80}) {
            std::string other = good;
            other[n] = char(other[n] ^ bit);
            try {
                for (const NamedArray& array : parse_npz(other, "w")) CHECK(array.values == two);
            } catch (const SpecError&) {}
        }
    }
}

TEST_CASE("safetensors: four types of numbers, bit by bit") {
    const auto one = [](const std::string& type, const std::string& data, std::size_t n) {
        return parse_safetensors(
                   tensors("{\"__metadata__\":{\"format\":\"pt\"},\"x\":{\"dtype\":\"" + type +
                               "\",\"shape\":[" + std::to_string(n) + "],\"data_offsets\":[0," +
                               std::to_string(data.size()) + "]}}   ",
                           data),
                   "w")
            .at(0)
            .values;
    };
    CHECK(one("F64", raw<double>({0.1, -3}), 2) == std::vector<double>{0.1, -3});
    CHECK(one("F32", raw<float>({0.1f, -3}), 2) == std::vector<double>{double(0.1f), -3});
    // binary16: 1, -2, the largest, the smallest normal, the smallest at all, an eighth
    CHECK(one("F16", raw<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3000}), 6) ==
          std::vector<double>{1, -2, 65504, std::ldexp(1, -14), std::ldexp(1, -24), 0.125});
    CHECK(std::isinf(one("F16", raw<std::uint16_t>({0xfc00}), 1)[0]));
    CHECK(std::isnan(one("F16", raw<std::uint16_t>({0x7e00}), 1)[0]));
    CHECK(one("BF16", raw<std::uint16_t>({0x3f80, 0xc040}), 2) == std::vector<double>{1, -3});
    // what is written is read
    const NamedArrays arrays = {{"a", {2, 1}, {0.1, 1e-300}}, {"b", {}, {7}}, {"c", {0, 3}, {}}};
    const NamedArrays read = parse_safetensors(safetensors_bytes(arrays), "w");
    REQUIRE(read.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(read[i].name == arrays[i].name);
        CHECK(read[i].shape == arrays[i].shape);
        CHECK(read[i].values == arrays[i].values);
    }
}

TEST_CASE("safetensors: what a hostile header says is not believed") {
    const auto parse = [](const std::string& bytes, const std::string& name) {
        return parse_safetensors(bytes, name);
    };
    const auto entry = [](const std::string& name, const std::string& shape,
                          const std::string& offsets, const std::string& type = "F32") {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape +
               "],\"data_offsets\":[" + offsets + "]}";
    };
    const std::string four(4, '\0'), eight(8, '\0');
    const auto said = [&](const std::string& header, const std::string& data) {
        return refusal_of_weights(parse, tensors(header, data));
    };
    CHECK_THAT(refusal_of_weights(parse, "abc"), Contains("w: is cut short"));
    CHECK_THAT(refusal_of_weights(parse, little_endian(~std::uint64_t(0), 8)),
               Contains("claims a header of"));
    CHECK_THAT(refusal_of_weights(parse, little_endian(17u << 20, 8)),
               Contains("claims a header of"));
    CHECK_THAT(said("{", ""), Contains("no JSON (byte 9)"));
    CHECK_THAT(said("[]", ""), Contains("no map"));
    CHECK_THAT(said("{\"a\":[[[[[[1]]]]]]}", ""), Contains("more than four levels"));
    CHECK_THAT(said("{" + entry("a", "1", "0,4") + "," + entry("a", "1", "0,4") + "}", four),
               Contains("the key \"a\" twice"));
    CHECK_THAT(said("{" + entry("a", "1", "0,4", "I64") + "}", four), Contains("holds \"I64\""));
    CHECK_THAT(said("{" + entry("a", "1.5", "0,4") + "}", four), Contains("no whole number"));
    CHECK_THAT(said("{" + entry("a", "-1", "0,4") + "}", four), Contains("no whole number"));
    CHECK_THAT(said("{" + entry("a", "2", "0,4") + "}", four), Contains("needs 8 bytes"));
    CHECK_THAT(said("{" + entry("a", "1", "4,0") + "}", four), Contains("needs 4 bytes"));
    // 4194305^2 * 211106198978564 is 4 modulo 2^64
    CHECK_THAT(said("{" + entry("a", "4194305,4194305,211106198978564", "0,16") + "}",
                    std::string(16, '\0')),
               Contains("beyond all memory"));
    CHECK_THAT(said("{" + entry("a", "1", "4,8") + "}", eight), Contains("has a hole"));
    CHECK_THAT(said("{" + entry("a", "1", "0,4") + "," + entry("b", "1", "0,4") + "}", four),
               Contains("overlaps"));
    CHECK_THAT(said("{" + entry("a", "1", "0,4") + "}", eight),
               Contains("end after 4 bytes, and 8"));
    CHECK_THAT(said("{" + entry("a", "1", "0,4") + "}", ""), Contains("end after 4 bytes, and 0"));
    CHECK_THAT(said("{\"a\":1}", ""), Contains("is not {dtype, shape"));

    const std::string good = safetensors_bytes({{"a", {2}, {1, 2}}});
    for (std::size_t n = 0; n < good.size(); ++n) {
        CHECK(refusal_of_weights(parse, good.substr(0, n)) != "not refused");
        std::string other = good;
        other[n] = char(other[n] ^ 0x15);
        refusal_of_weights(parse,
                           other); // refused or another number: no other error, nothing read beyond
    }
}

TEST_CASE("an entry of a file that is not finite is named with its place") {
    AreaSpec area;
    area.heads = 1, area.d_model = 2, area.d_head = 2;
    const std::vector<double> one = {1, 0, 0, 1};
    NamedArrays arrays = {
        {"W_Q", {2, 2}, one}, {"W_K", {2, 2}, one}, {"W_V", {2, 2}, one}, {"W_O", {2, 2}, one}};
    CHECK(weights_complaints(area, arrays).empty());
    arrays[2].values[2] = std::numeric_limits<double>::infinity();
    REQUIRE(weights_complaints(area, arrays).size() == 1);
    CHECK(weights_complaints(area, arrays)[0].message == "W_V[1, 0] is inf");
    CHECK_THROWS_AS(given_weights(area, arrays, ""), SpecError);
}
