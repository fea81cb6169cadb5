/// A journal: a text file that only grows, one record in each line, with the first eight digits of
/// the record's SHA-256 before it.
///
///     3f9a01c2 {"event":"done","point":41}
///
/// One process writes a journal, any number read it meanwhile. What a crash left at its end without
/// a line's end is no record; a changed byte of any line is found.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/run_file/folder.hpp"
#include "sim/run_file/vfs.hpp"

namespace lamina {

class JournalWriter {
  public:
    /// A new journal of that name in a folder's subfolder. @throws IoError; EEXIST when there is
    /// one
    static JournalWriter create(const Folder&, const std::string& name);

    /// Appends a record. A journal whose write has failed takes no more.
    /// @param for_good  returns only when it would outlive a power cut
    /// @throws IoError naming the file
    void append(const nlohmann::ordered_json& record, bool for_good);

  private:
    JournalWriter(OpenFile file, std::string shown)
        : file_(std::move(file)), shown_(std::move(shown)) {}

    OpenFile file_;
    std::string shown_;
    bool broken_ = false;
};

/// The records of a journal's text.
/// @param shown  the file as messages name it
/// @throws DamagedFile naming the byte at which a record begins that is not what was written
std::vector<nlohmann::ordered_json> journal_records(const std::string& text,
                                                    const std::string& shown);

} // namespace lamina
