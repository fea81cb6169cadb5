/// What the parameters of connection rules mean. A name means the same in every rule.
#pragma once

#include <string>
#include <vector>

namespace lamina {

struct RuleParameter {
    const char *name, *unit, *meaning, *example;
    double least, most;
    bool above = false; ///< least itself is out
    bool whole = false;
};

inline const std::vector<RuleParameter>& rule_parameters() {
    static const std::vector<RuleParameter> table = {
        {"number", "", "synapses: in all, of each target or of each source, as the rule says",
         "1000", 0, 1e9, false, true},
        {"probability", "", "of a synapse; where it falls with distance, at distance 0", "0.1", 0,
         1},
        {"width", "mm", "distance over which the probability falls", "0.1 mm", 0, 1e9, true},
        {"extent", "mm", "size of the space, which is periodic", "1 mm", 0, 1e9, true},
        {"dimensions", "", "1: neurons stand on a ring; 2: on a square", "2", 1, 2, false, true},
    };
    return table;
}

/// nullptr when no rule has it.
inline const RuleParameter* find_rule_parameter(const std::string& name) {
    for (const RuleParameter& parameter : rule_parameters())
        if (name == parameter.name) return &parameter;
    return nullptr;
}

} // namespace lamina
