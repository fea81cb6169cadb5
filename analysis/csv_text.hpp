/// Comma-separated values as text: a header, then rows (RFC 4180, with "\n" at the end of a line).
#pragma once

#include <string>
#include <vector>

namespace lamina::analysis {

/// Numbers are written with as few digits as give the same double when they are read, NaN as an
/// empty field; words are quoted where they must be.
class Csv {
  public:
    explicit Csv(const std::vector<std::string>& header);
    Csv& operator<<(double value);
    Csv& operator<<(const std::string& word);
    Csv& operator<<(const char* word) { return *this << std::string(word); }
    void end_row();
    const std::string& text() const { return text_; }

  private:
    std::string text_;
    bool first_ = true;
};

} // namespace lamina::analysis
