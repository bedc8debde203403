/* The dense SGD step of one hidden layer as one would write it in C; compiled with gcc -O3 -march=native -ffast-math. */
#include <stdint.h>

void sgd(int64_t steps, int64_t B, int64_t H, const int64_t *index, const double *x_all, const double *y_all,
         double *restrict w, double *restrict b, double *restrict v, double *restrict c, double rate, double *restrict scratch) {
    double *restrict x = scratch, *restrict y = scratch + B, *restrict r = scratch + 2 * B;
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 0; i < B; i++) {
            x[i] = x_all[index[step * B + i]];
            y[i] = y_all[index[step * B + i]];
            r[i] = *c - y[i];
        }
        for (int64_t j = 0; j < H; j++)
            for (int64_t i = 0; i < B; i++) {
                double z = w[j] * x[i] + b[j];
                r[i] += v[j] * (z > 0 ? z : 0);
            }
        double total = 0;
        for (int64_t i = 0; i < B; i++) {
            r[i] *= 2.0 / B;
            total += r[i];
        }
        for (int64_t j = 0; j < H; j++) {
            double T0 = 0, T1 = 0;
            for (int64_t i = 0; i < B; i++) {
                double on = w[j] * x[i] + b[j] > 0 ? r[i] : 0;
                T0 += on;
                T1 += on * x[i];
            }
            double dv = w[j] * T1 + b[j] * T0;
            w[j] -= rate * v[j] * T1;
            b[j] -= rate * v[j] * T0;
            v[j] -= rate * dv;
        }
        *c -= rate * total;
    }
}
