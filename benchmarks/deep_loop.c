/* SGD steps of a network of any depth as one would write them in C; compiled with gcc -O3 -march=native -ffast-math.

   A row is a point and a column a unit. Layer k, from 0 to layers - 1, has width[k] inputs and width[k + 1] outputs,
   and width[0] = width[layers] = 1. theta holds each layer's weights (inputs x outputs), then its biases. scratch has
   room for B (4 max + sum) + max^2 numbers of the widths. */
#include <stdint.h>

/* sum += the rows, each times its factor; four rows at a time, so that the sum is read and written less often */
static inline void add_rows(int64_t columns, int64_t rows, double *restrict sum, const double *restrict factor, int64_t stride,
                            const double *restrict matrix) {
    int64_t t = 0;
    for (; t + 4 <= rows; t += 4) {
        const double *row = matrix + t * columns;
        double f0 = factor[t * stride], f1 = factor[(t + 1) * stride], f2 = factor[(t + 2) * stride], f3 = factor[(t + 3) * stride];
        for (int64_t c = 0; c < columns; c++)
            sum[c] += f0 * row[c] + f1 * row[columns + c] + f2 * row[2 * columns + c] + f3 * row[3 * columns + c];
    }
    for (; t < rows; t++)
        for (int64_t c = 0; c < columns; c++) sum[c] += factor[t * stride] * matrix[t * columns + c];
}

static void forward(int64_t B, int64_t I, int64_t O, const double *a, const double *W, double *restrict z) {
    const double *bias = W + I * O;
    for (int64_t i = 0; i < B; i++) {
        for (int64_t o = 0; o < O; o++) z[i * O + o] = bias[o];
        add_rows(O, I, z + i * O, a + i * I, 1, W);
    }
}

static void backward(int64_t B, int64_t I, int64_t O, const double *a, const double *restrict W, const double *delta,
                     double *restrict transposed, double *restrict below) {
    for (int64_t j = 0; j < I; j++)
        for (int64_t o = 0; o < O; o++) transposed[o * I + j] = W[j * O + o];
    for (int64_t i = 0; i < B; i++) {
        for (int64_t j = 0; j < I; j++) below[i * I + j] = 0;
        add_rows(I, O, below + i * I, delta + i * O, 1, transposed);
        for (int64_t j = 0; j < I; j++) below[i * I + j] = a[i * I + j] > 0 ? below[i * I + j] : 0;
    }
}

static void descend(int64_t B, int64_t I, int64_t O, const double *a, const double *delta, double *restrict W, double rate,
                    double *restrict moves) {
    double *bias = W + I * O;
    for (int64_t p = 0; p < B * O; p++) moves[p] = -rate * delta[p];
    for (int64_t j = 0; j < I; j++) add_rows(O, B, W + j * O, a + j, I, moves);
    for (int64_t i = 0; i < B; i++)
        for (int64_t o = 0; o < O; o++) bias[o] += moves[i * O + o];
}

void deep_sgd(int64_t steps, int64_t B, int64_t layers, const int64_t *width, const int64_t *index, const double *x_all, const double *y_all,
              double *theta, double rate, double *scratch) {
    double *a[32], *W[32], *free_place = scratch, *parameters = theta;
    int64_t widest = 1;
    for (int64_t k = 0; k <= layers; k++) {
        a[k] = free_place;
        free_place += B * width[k];
        widest = width[k] > widest ? width[k] : widest;
        if (k < layers) {
            W[k] = parameters;
            parameters += (width[k] + 1) * width[k + 1];
        }
    }
    double *delta = free_place, *below = delta + B * widest, *moves = below + B * widest, *transposed = moves + B * widest;
    for (int64_t step = 0; step < steps; step++) {
        const int64_t *rows = index + step * B;
        for (int64_t i = 0; i < B; i++) a[0][i] = x_all[rows[i]];
        for (int64_t k = 0; k < layers; k++) {
            forward(B, width[k], width[k + 1], a[k], W[k], a[k + 1]);
            if (k + 1 < layers)
                for (int64_t p = 0; p < B * width[k + 1]; p++) a[k + 1][p] = a[k + 1][p] > 0 ? a[k + 1][p] : 0;
        }
        for (int64_t i = 0; i < B; i++) delta[i] = 2.0 / B * (a[layers][i] - y_all[rows[i]]);
        for (int64_t k = layers - 1; k >= 0; k--) {
            if (k > 0) backward(B, width[k], width[k + 1], a[k], W[k], delta, transposed, below);
            descend(B, width[k], width[k + 1], a[k], delta, W[k], rate, moves);
            double *swap = delta;
            delta = below;
            below = swap;
        }
    }
}
