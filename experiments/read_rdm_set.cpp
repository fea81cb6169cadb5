/// Entries of compare_with that are dissimilarities: of people, {rdm, name, per_subject}, or of
/// models, {models, names}.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "experiments/spec_reader.hpp"
#include "experiments/suggest.hpp"

namespace lamina {
namespace {

bool is_set_name(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
}

} // namespace

/// One key of an entry into `data`; false when it cannot be read.
bool SpecReader::rdm_set_key(const std::string& key, const YamlEntry& part,
                             const std::vector<std::string>& known, ComparisonDataSpec& data) {
    const YamlNode& value = *part.value;
    const std::string what = "`" + key + "." + part.key + "`";
    if (std::find(known.begin(), known.end(), part.key) == known.end()) {
        const std::string near = nearest_word(part.key, known);
        std::string list;
        for (const std::string& word : known) list += (list.empty() ? "`" : ", `") + word + "`";
        out_.problems
            .error("L0204", fmt::format("unknown key `{}` in `{}`", part.key.substr(0, 60), key),
                   *part.key_source, part.key_mark)
            .help.push_back(near.empty() ? "known here: " + list
                                         : fmt::format("did you mean `{}`?", near));
        return false;
    }
    if (!value.is_scalar()) {
        wrong_kind(key, value, "one value");
        return false;
    }
    if (part.key == "per_subject") {
        std::int64_t n = 1;
        if (!take(value, read_integer(value, what), n)) return false;
        if (n >= 1 && n <= 1000000) {
            data.per_subject = static_cast<int>(n);
            return true;
        }
        error("L0206", fmt::format("{} = {} (must be 1 or more)", what, n), value)
            .help.emplace_back("write how many RDMs of one subject follow each other");
        return false;
    }
    std::string& member = part.key == "name"     ? data.name
                          : part.key == "rdm"    ? data.rdm
                          : part.key == "models" ? data.models
                                                 : data.names;
    return take(value, read_text(value, what), member);
}

/// A map with `rdm` or `models`. False when it cannot be read.
bool SpecReader::rdm_set(const std::string& key, const YamlNode& value, ComparisonDataSpec& data) {
    const bool people = value.find("rdm") != nullptr;
    const std::vector<std::string> known =
        people ? std::vector<std::string>{"rdm", "name", "per_subject"}
               : std::vector<std::string>{"models", "names"};
    bool good = true;
    for (const YamlEntry& part : value.entries) good = rdm_set_key(key, part, known, data) && good;
    if (!people || !good) return good;
    if (!value.find("name")) {
        error("L0203",
              fmt::format("`{}`: `rdm` and `name` are due for dissimilarities of people", key),
              value)
            .help.emplace_back("write {rdm: judgements.npy, name: judgement}");
        return false;
    }
    if (!is_set_name(data.name)) {
        error("L0221",
              fmt::format("`{}.name`: `{}` cannot be part of a path into the summary", key,
                          data.name.substr(0, 60)),
              *value.find("name")->value)
            .help.emplace_back("use letters, digits and _, as in human_IT");
        return false;
    }
    for (const ComparisonDataSpec& other : out_.spec.compare_with)
        if (!other.rdm.empty() && other.name == data.name) {
            error("L0222", fmt::format("`{}` names `{}` twice", key, data.name), value)
                .help.emplace_back("give each set of RDMs a name of its own");
            return false;
        }
    return true;
}

} // namespace lamina
