#include <math.h>
#include <stdint.h>

enum { MOST_NODES = 35 }; /* of a cell: tetrahedra of degree 4 */

/* Of each straight simplex the entries 00 01 02 11 12 22, as far as there are so many dimensions, of  |det J| J^-1 J^-T,  and then |det J|: (n_cells, parts). */
void spinfem_metrics(int64_t n_cells, int dim, const double *x, const int32_t *geometry, double *metrics)
{
    for (int64_t c = 0; c < n_cells; ++c) {
        const int32_t *corners = geometry + (dim + 1) * c;
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
                *metrics++ = (C[p][0] * C[r][0] + C[p][1] * C[r][1] + C[p][2] * C[r][2]) / size;
        *metrics++ = size;
    }
}

/* values[l] += sum over cells of  stiffness[l] grad.grad + rate[l] mass,  all matrices l in one pattern (ptr, ind), row by row. start, cells, place: the cells at each
   node, and which of their nodes it is. A cell knows its class, and the coefficients, (n_matrices, n_classes), are those of the class. reference: for
   each entry of a metric an (nodes, nodes) matrix, the last one that of the mass. acts: has a class any coefficient? at: room for a number of each column. */
void spinfem_assemble(int64_t n_rows, int parts, int nodes, const int32_t *start, const int32_t *cells, const int8_t *place,
                      const int32_t *dofs, const double *metrics, const int32_t *class, const double *reference,
                      int n_matrices, int n_classes, const double *stiffness, const double *rate, const int8_t *acts,
                      const int32_t *ptr, const int32_t *ind, int64_t n_entries, int32_t *at, double *values)
{
    for (int64_t row = 0; row < n_rows; ++row) {
        for (int32_t q = ptr[row]; q < ptr[row + 1]; ++q)
            at[ind[q]] = q;
        for (int32_t t = start[row]; t < start[row + 1]; ++t) {
            int64_t c = cells[t];
            if (!acts[class[c]])
                continue;
            const double *G = metrics + parts * c, *part = reference + nodes * place[t];
            const int32_t *d = dofs + nodes * c;
            double K[MOST_NODES] = {0}, M[MOST_NODES];
            for (int p = 0; p < parts - 1; ++p, part += nodes * nodes)
                for (int k = 0; k < nodes; ++k)
                    K[k] += G[p] * part[k];
            for (int k = 0; k < nodes; ++k)
                M[k] = G[parts - 1] * part[k];
            for (int l = 0; l < n_matrices; ++l) {
                double s = stiffness[l * n_classes + class[c]], r = rate[l * n_classes + class[c]], *of = values + l * n_entries;
                if (s != 0 || r != 0)
                    for (int k = 0; k < nodes; ++k)
                        of[at[d[k]]] += s * K[k] + r * M[k];
            }
        }
    }
}

/* The integrals over each cell of the squared gradient and of the square of each component, (2, n_cells, block), of values (nodes of the mesh, block). */
void spinfem_squares(int64_t n_cells, int parts, int nodes, int block, const int32_t *dofs, const double *metrics,
                     const double *reference, const double *values, double *squares)
{
    for (int64_t c = 0; c < n_cells; ++c)
        for (int b = 0; b < block; ++b) {
            double u[MOST_NODES], sum = 0, *slope = squares + c * block + b, *plain = slope + n_cells * block;
            const double *G = metrics + parts * c, *R = reference;
            for (int i = 0; i < nodes; ++i)
                u[i] = values[(int64_t)dofs[nodes * c + i] * block + b];
            *slope = 0;
            for (int p = 0; p < parts; ++p) {
                *slope += sum; /* all but the last one */
                sum = 0;
                for (int i = 0; i < nodes; ++i, R += nodes) {
                    double image = 0;
                    for (int k = 0; k < nodes; ++k)
                        image += R[k] * u[k];
                    sum += image * u[i];
                }
                sum *= G[p];
            }
            *slope = fmax(*slope, 0); /* but for rounding */
            *plain = fmax(sum, 0);
        }
}

/* The nodes that share a cell with each node, sorted. start, cells: the cells at each node; mark: -1 for each node. Without `ind` they are only counted, into ptr[node + 1];
   else they are put where `next`, a copy of ptr, says: each node in turn becomes the last neighbour so far of its neighbours. */
void spinfem_pattern(int64_t n_nodes, int nodes, const int32_t *start, const int32_t *cells, const int32_t *dofs,
                     int32_t *mark, int32_t *next, int32_t *ind)
{
    for (int32_t node = 0; node < n_nodes; ++node)
        for (int32_t t = start[node]; t < start[node + 1]; ++t)
            for (int k = 0; k < nodes; ++k) {
                int32_t other = dofs[(int64_t)nodes * cells[t] + k];
                if (mark[other] == node)
                    continue;
                mark[other] = node;
                if (ind)
                    ind[next[other]++] = node;
                else
                    ++next[node + 1];
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

/* y += S x  for a row S of n entries and `width` columns of x, at `stride` from row to row: a number that the compiler knows keeps the sums in registers. */
static inline void multiply_row(int width, int32_t n, const int32_t *ind, const double *S, int64_t stride, const double *x, double *y)
{
    double sum[8] = {0};
    for (int32_t q = 0; q < n; ++q)
        if (S[q] != 0)
            for (int k = 0; k < width; ++k)
                sum[k] += S[q] * x[stride * ind[q] + k];
    for (int k = 0; k < width; ++k)
        y[k] += sum[k];
}

/* y_a += sum_b S_ab x_b  for `count` columns of (nodes, block, count) arrays x and y; n_rows of y. S_ab: values[matrix[a, b]] (-1: none) in the pattern (ptr, ind). */
void spinfem_multiply(int64_t n_rows, int block, int count, const int32_t *matrix, const int32_t *ptr, const int32_t *ind,
                      double **values, const double *x, double *y)
{
    int64_t stride = (int64_t)block * count;
    for (int64_t row = 0; row < n_rows; ++row)
        for (int ab = 0; ab < block * block; ++ab) {
            if (matrix[ab] < 0)
                continue;
            const int32_t n = ptr[row + 1] - ptr[row], *columns = ind + ptr[row];
            const double *S = values[matrix[ab]] + ptr[row], *from = x + ab % block * count;
            double *to = y + row * stride + ab / block * count;
            int k = 0;
            for (; k + 8 <= count; k += 8)
                multiply_row(8, n, columns, S, stride, from + k, to + k);
            for (; k + 4 <= count; k += 4)
                multiply_row(4, n, columns, S, stride, from + k, to + k);
            for (; k < count; ++k)
                multiply_row(1, n, columns, S, stride, from + k, to + k);
        }
}

/* Rows of  sum_ab R_a^T S_ab T_b.  S_ab: values[matrix[a, b]] (-1: none) in the pattern (ptr, ind), rows and columns are nodes. R: for each wanted row the
   entries (node * n_a + a, factor) that reach it (r_ptr ..); T: of row node * n_b + b the entries (column, factor) (t_ptr ..). Columns are told by their `numbers`, which increase.
   mark: -1 for each column before. There is room for as many entries as there may be. */
void spinfem_reduce(int64_t n_rows, const int32_t *r_ptr, const int32_t *r_row, const double *r_val, int n_a, int n_b,
                    const int32_t *matrix, const int32_t *ptr, const int32_t *ind,
                    double **values, const int32_t *t_ptr, const int32_t *t_col, const double *t_val,
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
                const double *S = values[l];
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
