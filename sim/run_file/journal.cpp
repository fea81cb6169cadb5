#include "sim/run_file/journal.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include <fmt/format.h>

#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"

namespace lamina {
namespace {

constexpr std::size_t n_digits_of_record = 8;

std::string line_of(const nlohmann::ordered_json& record) {
    const std::string text =
        record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return sha256_of(text).substr(0, n_digits_of_record) + " " + text + "\n";
}

/// The record of a line without its end; discarded where the line is not what was written.
nlohmann::ordered_json record_of(const std::string& line) {
    using Json = nlohmann::ordered_json;
    if (line.size() < n_digits_of_record + 2 || line[n_digits_of_record] != ' ')
        return Json(Json::value_t::discarded);
    const std::string text = line.substr(n_digits_of_record + 1);
    if (sha256_of(text).compare(0, n_digits_of_record, line, 0, n_digits_of_record) != 0)
        return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, false);
}

} // namespace

JournalWriter JournalWriter::create(const Folder& folder, const std::string& name) {
    const std::string shown = (folder.path() / name).string();
    const int opened = folder.open_new(name);
    if (opened < 0)
        throw IoError(-opened,
                      fmt::format("cannot begin journal {}: {}", shown, std::strerror(-opened)));
    return {OpenFile(opened), shown};
}

void JournalWriter::append(const nlohmann::ordered_json& record, bool for_good) {
    const std::string line = line_of(record);
    int error = broken_ ? -EIO : 0;
    for (std::size_t done = 0; error == 0 && done < line.size();) {
        const long written = uninterrupted(
            [&] { return vfs().write(file_.get(), line.data() + done, line.size() - done); });
        if (written <= 0)
            error = written < 0 ? int(written) : -EIO;
        else
            done += std::size_t(written);
    }
    if (error == 0 && for_good) error = uninterrupted([&] { return vfs().sync(file_.get()); });
    if (error == 0) return;
    broken_ = true; // a line may be half there
    throw IoError(-error,
                  fmt::format("cannot write to journal {}: {}; {}", shown_, std::strerror(-error),
                              error == -ENOSPC ? "free space on that disk, then run again"
                                               : "mend that, then run again"));
}

std::vector<nlohmann::ordered_json> journal_records(const std::string& text,
                                                    const std::string& shown) {
    std::vector<nlohmann::ordered_json> records;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = text.find('\n', from);
        if (end == std::string::npos) break; // torn
        nlohmann::ordered_json record = record_of(text.substr(from, end - from));
        if (record.is_discarded())
            throw DamagedFile(fmt::format("{}: the record at byte {} is not what was written; "
                                          "move it away: points that are done are found "
                                          "without it",
                                          shown, from));
        records.push_back(std::move(record));
        from = end + 1;
    }
    return records;
}

} // namespace lamina
