/// An HDF5 identifier that is closed when it goes out of scope. Only image.cpp and reader.cpp,
/// which include HDF5 itself, use it.
#pragma once

#include <cstdint>

namespace lamina {

class Hdf5Id {
  public:
    using Close = int (*)(std::int64_t);

    Hdf5Id() = default;
    Hdf5Id(std::int64_t id, Close close) : id_(id), close_(close) {}
    Hdf5Id(Hdf5Id&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
    Hdf5Id& operator=(Hdf5Id&& other) noexcept {
        if (this != &other) {
            reset();
            id_ = other.id_;
            close_ = other.close_;
            other.id_ = -1;
        }
        return *this;
    }
    ~Hdf5Id() { reset(); }

    operator std::int64_t() const { return id_; }
    bool valid() const { return id_ >= 0; }
    void reset() {
        if (id_ >= 0) close_(id_);
        id_ = -1;
    }

  private:
    std::int64_t id_ = -1;
    Close close_ = nullptr;
};

/// HDF5 keeps its error printing per thread: switched off wherever we enter it.
void no_printing();

} // namespace lamina
