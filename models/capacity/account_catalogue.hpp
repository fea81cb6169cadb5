/// Every account of capacity that a spec can name, one line each.
#pragma once

#include <string>

#include "models/capacity/divisive.hpp"
#include "models/capacity/null_key.hpp"
#include "models/capacity/slots.hpp"

namespace lamina {

inline constexpr Account accounts[] = {
    {"divisive", "divisive normalisation: C / (sigma^n + L^n) counts for each of L items",
     "Carandini & Heeger (2012), doi:10.1038/nrn3136", false, divisive::hold, divisive::expected,
     divisive::another_held},
    {"null_key", "softmax with a null key, squared: counts as 1 / (2.4 + L)^2",
     "docs/model.md, the laws of recall", false, null_key::hold, null_key::expected,
     null_key::another_held},
    {"slots", "K slots of fixed precision, averaged when there are more slots than items",
     "Zhang & Luck (2008), doi:10.1038/nature06860", true, slots::hold, slots::expected,
     slots::another_held},
};

/// nullptr when there is none of that name.
inline const Account* find_account(const std::string& name) {
    for (const Account& account : accounts)
        if (name == account.name) return &account;
    return nullptr;
}

} // namespace lamina
