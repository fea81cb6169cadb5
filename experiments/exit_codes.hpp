/// Which exit code an error is (docs/README.md, "Exit codes").
#pragma once

#include <exception>

namespace lamina {

/// 2 for a wrong file or call, 4 for what is not here, 5 for what is not what was written, else 1.
int exit_code_of(const std::exception&);

/// Whether its text is printed as it is: those that name problems by their ids do so themselves.
bool is_whole_message(const std::exception&);

} // namespace lamina
