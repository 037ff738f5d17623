#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { MOST_NODES = 35, MOST_MATRICES = 16 }; /* of a cell (tetrahedra of degree 4); of blocks of (1 + 3) potentials */

/* Where column c stands in the sorted ind[low, high). */
static inline int64_t place(const int32_t *ind, int64_t low, int64_t high, int32_t c)
{
    while (low < high) {
        int64_t middle = (low + high) >> 1;
        if (ind[middle] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* G = |det J| J^-1 J^-T of a straight simplex, entries 00 01 02 11 12 22 as far as there are so many dimensions; returns |det J|. */
static double metric(int dim, const double *x, const int32_t *corners, double *G)
{
    double J[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, C[3][3];
    for (int j = 0; j < dim; ++j)
        for (int i = 0; i < dim; ++i)
            J[i][j] = x[3 * corners[j + 1] + i] - x[3 * corners[0] + i];
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) { /* C = det J times the inverse */
            int i1 = (i + 1) % 3, i2 = (i + 2) % 3, j1 = (j + 1) % 3, j2 = (j + 2) % 3;
            C[j][i] = J[i1][j1] * J[i2][j2] - J[i1][j2] * J[i2][j1];
        }
    double size = fabs(J[0][0] * C[0][0] + J[0][1] * C[1][0] + J[0][2] * C[2][0]);
    for (int p = 0; p < dim; ++p)
        for (int r = p; r < dim; ++r)
            *G++ = (C[p][0] * C[r][0] + C[p][1] * C[r][1] + C[p][2] * C[r][2]) / size;
    return size;
}

/* The nodes of a cell by their numbers. */
static void sorted(int n, const int32_t *nodes, int *order)
{
    for (int i = 0; i < n; ++i) {
        int k = i;
        for (; k > 0 && nodes[order[k - 1]] > nodes[i]; --k)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

/* values[l] += sum over cells of  stiffness[l] grad.grad + rate[l] mass,  all matrices l in one pattern (ptr, ind; its columns are sorted). A cell knows its class, and the
   coefficients, (n_matrices, n_classes), are those of the class. reference: for each entry of G, and then for the mass, an (nodes, nodes) matrix. */
void spinfem_assemble(int64_t n_cells, int dim, int nodes, const double *x, const int32_t *geometry, const int32_t *dofs,
                      const int32_t *class, const double *reference, int n_matrices, int n_classes,
                      const double *stiffness, const double *rate, const int32_t *ptr, const int32_t *ind,
                      int64_t n_entries, double *values)
{
    int parts = dim * (dim + 1) / 2, size = nodes * nodes;
    for (int64_t c = 0; c < n_cells; ++c) {
        int acting = 0, which[MOST_MATRICES];
        for (int l = 0; l < n_matrices; ++l)
            if (stiffness[l * n_classes + class[c]] != 0 || rate[l * n_classes + class[c]] != 0)
                which[acting++] = l;
        if (!acting)
            continue;
        const int32_t *d = dofs + nodes * c;
        double G[6], K[MOST_NODES * MOST_NODES];
        double det = metric(dim, x, geometry + (dim + 1) * c, G);
        for (int t = 0; t < size; ++t)
            K[t] = G[0] * reference[t];
        for (int p = 1; p < parts; ++p)
            for (int t = 0; t < size; ++t)
                K[t] += G[p] * reference[p * size + t];
        const double *M = reference + parts * size;
        int order[MOST_NODES];
        sorted(nodes, d, order);
        for (int i = 0; i < nodes; ++i) {
            int64_t q = ptr[d[i]], end = ptr[d[i] + 1];
            for (int k = 0; k < nodes; ++k) {
                int t = i * nodes + order[k];
                q = place(ind, q, end - (nodes - 1 - k), d[order[k]]);
                for (int a = 0; a < acting; ++a) {
                    int l = which[a], of = l * n_classes + class[c];
                    values[l * n_entries + q] += stiffness[of] * K[t] + rate[of] * det * M[t];
                }
            }
        }
    }
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The nodes that share a cell with each node, sorted. start, cells: the cells at each node; mark: -1 for each node. A call without `ind` only counts, into ptr. */
void spinfem_pattern(int64_t n_nodes, int nodes, const int32_t *start, const int32_t *cells, const int32_t *dofs,
                     int32_t *mark, int32_t *ptr, int32_t *ind)
{
    int32_t n = 0;
    for (int32_t node = 0; node < n_nodes; ++node) {
        int32_t first = n;
        for (int32_t t = start[node]; t < start[node + 1]; ++t)
            for (int k = 0; k < nodes; ++k) {
                int32_t other = dofs[(int64_t)nodes * cells[t] + k];
                if (mark[other] != node) {
                    mark[other] = node;
                    if (ind)
                        ind[n] = other;
                    ++n;
                }
            }
        if (ind)
            qsort(ind + first, n - first, sizeof *ind, by_number);
        else
            ptr[node + 1] = n;
    }
}

/* The entries of a row by their columns, after Shell: most rows are short and almost sorted already, those of terminals are long. */
static void sort_row(int32_t n, int32_t *ind, double *val)
{
    for (int32_t gap = n > 64 ? n / 2 : 1; gap > 0; gap /= 2)
        for (int32_t k = gap; k < n; ++k) {
            int32_t column = ind[k], j = k;
            double value = val[k];
            for (; j >= gap && ind[j - gap] > column; j -= gap) {
                ind[j] = ind[j - gap];
                val[j] = val[j - gap];
            }
            ind[j] = column;
            val[j] = value;
        }
}

/* Rows of  sum_ab R_a^T S_ab T_b.  S_ab: values[matrix[a, b]] (-1: none) in the pattern (ptr, ind), rows and columns are nodes. R: for each wanted row the
   entries (node * n_a + a, factor) that reach it (r_ptr ..); T: of row node * n_b + b the entries (column, factor) (t_ptr ..). Columns are told by their `numbers`, which increase.
   mark: -1 for each column before. There is room for as many entries as there may be. */
void spinfem_reduce(int64_t n_rows, const int32_t *r_ptr, const int32_t *r_row, const double *r_val, int n_a, int n_b,
                    const int32_t *matrix, const int32_t *ptr, const int32_t *ind, int64_t n_entries,
                    const double *values, const int32_t *t_ptr, const int32_t *t_col, const double *t_val,
                    const int32_t *numbers, int32_t *mark, int32_t *out_ptr, int32_t *out_ind, double *out)
{
    int32_t n = 0;
    for (int64_t row = 0; row < n_rows; ++row) {
        int32_t first = n;
        for (int32_t e = r_ptr[row]; e < r_ptr[row + 1]; ++e) {
            int32_t node = r_row[e] / n_a, a = r_row[e] % n_a;
            for (int b = 0; b < n_b; ++b) {
                int32_t l = matrix[a * n_b + b];
                if (l < 0)
                    continue;
                const double *S = values + l * n_entries;
                for (int32_t q = ptr[node]; q < ptr[node + 1]; ++q) {
                    if (S[q] == 0)
                        continue;
                    int64_t of = (int64_t)ind[q] * n_b + b;
                    for (int32_t t = t_ptr[of]; t < t_ptr[of + 1]; ++t) {
                        int32_t column = t_col[t];
                        if (mark[column] < first) {
                            mark[column] = n;
                            out_ind[n] = column;
                            out[n++] = 0;
                        }
                        out[mark[column]] += r_val[e] * S[q] * t_val[t];
                    }
                }
            }
        }
        out_ptr[row + 1] = n;
        sort_row(n - first, out_ind + first, out + first);
        for (int32_t k = first; k < n; ++k)
            out_ind[k] = numbers[out_ind[k]];
    }
}
