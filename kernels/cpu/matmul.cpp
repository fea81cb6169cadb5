#include "kernels/cpu/matmul.hpp"

namespace lamina::cpu {

template <class Real>
void matmul_nt(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c, int ldc,
               Store store) {
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) {
            Real sum = store == Store::accumulate ? c[std::size_t(i) * ldc + j] : Real(0);
            for (int l = 0; l < k; ++l)
                sum = fma(a[std::size_t(i) * lda + l], b[std::size_t(j) * ldb + l], sum);
            c[std::size_t(i) * ldc + j] = sum;
        }
}

template <class Real>
void matmul_nn(int m, int n, int k, const Real* a, int lda, const Real* b, int ldb, Real* c, int ldc,
               Store store) {
    for (int i = 0; i < m; ++i) {
        Real* out = c + std::size_t(i) * ldc;
        if (store == Store::overwrite)
            for (int j = 0; j < n; ++j) out[j] = 0;
        for (int l = 0; l < k; ++l) {
            const Real factor = a[std::size_t(i) * lda + l];
            const Real* row = b + std::size_t(l) * ldb;
            for (int j = 0; j < n; ++j) out[j] = fma(factor, row[j], out[j]);
        }
    }
}

template void matmul_nt<float>(int, int, int, const float*, int, const float*, int, float*, int, Store);
template void matmul_nt<double>(int, int, int, const double*, int, const double*, int, double*, int,
                                Store);
template void matmul_nn<float>(int, int, int, const float*, int, const float*, int, float*, int, Store);
template void matmul_nn<double>(int, int, int, const double*, int, const double*, int, double*, int,
                                Store);

} // namespace lamina::cpu
