/* SGD steps of a network of any depth as one would write them in C; compiled with gcc -O3 -march=native -ffast-math.

   A row is a point and a column a unit. Layer k, from 0 to layers - 1, has width[k] inputs and width[k + 1] outputs,
   and width[0] = width[layers] = 1. theta holds each layer's weights (inputs x outputs), then its biases. scratch has
   room for B (3 max + sum) + max^2 numbers of the widths. Inputs and derivatives that are 0 are skipped. */
#include <stdint.h>

static void forward(int64_t B, int64_t I, int64_t O, const double *restrict a, const double *restrict W, double *restrict z) {
    const double *bias = W + I * O;
    for (int64_t i = 0; i < B; i++) {
        for (int64_t o = 0; o < O; o++) z[i * O + o] = bias[o];
        for (int64_t j = 0; j < I; j++)
            if (a[i * I + j] != 0)
                for (int64_t o = 0; o < O; o++) z[i * O + o] += a[i * I + j] * W[j * O + o];
    }
}

static void backward(int64_t B, int64_t I, int64_t O, const double *restrict a, const double *restrict W, const double *restrict delta,
                     double *restrict transposed, double *restrict below) {
    for (int64_t j = 0; j < I; j++)
        for (int64_t o = 0; o < O; o++) transposed[o * I + j] = W[j * O + o];
    for (int64_t i = 0; i < B; i++) {
        for (int64_t j = 0; j < I; j++) below[i * I + j] = 0;
        for (int64_t o = 0; o < O; o++)
            if (delta[i * O + o] != 0) for (int64_t j = 0; j < I; j++) below[i * I + j] += delta[i * O + o] * transposed[o * I + j];
        for (int64_t j = 0; j < I; j++) below[i * I + j] = a[i * I + j] > 0 ? below[i * I + j] : 0;
    }
}

static void descend(int64_t B, int64_t I, int64_t O, const double *restrict a, const double *restrict delta, double *restrict W, double rate) {
    double *bias = W + I * O;
    for (int64_t j = 0; j < I; j++)
        for (int64_t i = 0; i < B; i++)
            if (a[i * I + j] != 0) for (int64_t o = 0; o < O; o++) W[j * O + o] -= rate * a[i * I + j] * delta[i * O + o];
    for (int64_t i = 0; i < B; i++)
        for (int64_t o = 0; o < O; o++) bias[o] -= rate * delta[i * O + o];
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
    double *delta = free_place, *below = delta + B * widest, *transposed = below + B * widest;
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
            descend(B, width[k], width[k + 1], a[k], delta, W[k], rate);
            double *swap = delta;
            delta = below;
            below = swap;
        }
    }
}
