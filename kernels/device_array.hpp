/// An array in the memory of an executor (emulated/exec.hpp, cuda/exec.cuh).
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/view.hpp"

namespace lamina {

template <class Exec, class T> class DeviceArray {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    DeviceArray() = default;
    DeviceArray(const Exec& exec, std::size_t n)
        : exec_(&exec), data_(static_cast<T*>(exec.allocate(n * sizeof(T)))), n_(n) {}
    /// Holds what the host's array holds.
    DeviceArray(const Exec& exec, const std::vector<T>& from) : DeviceArray(exec, from.size()) {
        set(from);
    }
    DeviceArray(DeviceArray&& other) noexcept { swap(other); }
    DeviceArray& operator=(DeviceArray&& other) noexcept {
        swap(other);
        return *this;
    }
    ~DeviceArray() {
        if (data_) exec_->release(data_);
    }

    T* data() const { return data_; }
    std::size_t size() const { return n_; }
    std::size_t bytes() const { return n_ * sizeof(T); }
    void clear() { exec_->clear(data_, bytes()); }
    /// @param from  [size()]
    void set(const T* from) { exec_->copy_in(data_, from, bytes()); }
    void set(const std::vector<T>& from) { set(from.data()); }
    std::vector<T> get() const { return get(0, n_); }
    std::vector<T> get(std::size_t first, std::size_t n) const {
        std::vector<T> out(n);
        exec_->copy_out(out.data(), data_ + first, n * sizeof(T));
        return out;
    }

  private:
    void swap(DeviceArray& other) noexcept {
        std::swap(exec_, other.exec_);
        std::swap(data_, other.data_);
        std::swap(n_, other.n_);
    }
    const Exec* exec_ = nullptr;
    T* data_ = nullptr;
    std::size_t n_ = 0;
};

} // namespace lamina
