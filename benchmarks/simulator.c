/* A plain multi-tape Turing machine simulator in C, with which simulator.py compares the compiled loop.
 *
 * Compile with -DK=<tapes>, so that loops over tapes unroll, and with -DSPARSE for tables that are too large
 * to be indexed by all symbols (decision trees, lists of writes and moves). It reads a table and inputs from
 * stdin and runs all inputs several times. For each time it prints the number of transitions, a checksum of
 * the tapes, and the nanoseconds, without clearing and loading the tapes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    int32_t next; /* negative: halt */
#ifdef SPARSE
    uint8_t writes, moves;
    struct { uint8_t tape, symbol; } write[K];
    struct { uint8_t tape; int8_t by; } move[K];
#else
    uint8_t write[K];
    int8_t move[K];
#endif
} Action;

static long number(void) {
    long value;
    if (scanf("%ld", &value) != 1) exit(2);
    return value;
}

int main(void) {
    long repeats = number(), limit = number(), half = number(), size[K];
    for (int t = 0; t < K; t++) size[t] = number();

#ifdef SPARSE
    /* A node is a tape and a child for each symbol: the index of another node, or ~action. */
    long length = number(), states = number();
    int32_t *node = malloc(length * sizeof *node), *root = malloc(states * sizeof *root);
    for (long i = 0; i < length; i++) node[i] = number();
    for (long i = 0; i < states; i++) root[i] = number();
    long actions = number();
    Action *table = calloc(actions, sizeof *table);
    for (long i = 0; i < actions; i++) {
        table[i].next = number();
        table[i].writes = number();
        for (int w = 0; w < table[i].writes; w++) {
            table[i].write[w].tape = number();
            table[i].write[w].symbol = number();
        }
        table[i].moves = number();
        for (int m = 0; m < table[i].moves; m++) {
            table[i].move[m].tape = number();
            table[i].move[m].by = number();
        }
    }
#else
    long entries = number();
    Action *table = calloc(entries, sizeof *table);
    for (long i = 0; i < entries; i++) {
        table[i].next = number();
        for (int t = 0; t < K; t++) table[i].write[t] = number();
        for (int t = 0; t < K; t++) table[i].move[t] = number();
    }
#endif

    long width = 2 * half, inputs = number(), *texts = malloc(inputs * K * sizeof *texts);
    uint8_t **text = malloc(inputs * K * sizeof *text), *tape[K];
    for (long i = 0; i < inputs * K; i++) {
        texts[i] = number();
        text[i] = malloc(texts[i] + 1);
        for (long j = 0; j < texts[i]; j++) text[i][j] = number();
    }
    for (int t = 0; t < K; t++) tape[t] = malloc(width);

    for (long r = 0; r < repeats; r++) {
        long transitions = 0, nanoseconds = 0;
        uint64_t sum = 0;
        for (long input = 0; input < inputs; input++) {
            long head[K], n = 0, state = 0;
            for (int t = 0; t < K; t++) {
                memset(tape[t], 0, width);
                memcpy(tape[t] + half, text[input * K + t], texts[input * K + t]);
                head[t] = half;
            }
            struct timespec start, end;
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
            while (n < limit) {
#ifdef SPARSE
                long at = root[state];
                while (at >= 0) at = node[at + 1 + tape[node[at]][head[node[at]]]];
                const Action *a = &table[~at];
                for (int i = 0; i < a->writes; i++) {
                    int t = a->write[i].tape;
                    tape[t][head[t]] = a->write[i].symbol;
                }
                for (int i = 0; i < a->moves; i++) {
                    int t = a->move[i].tape;
                    head[t] += a->move[i].by;
                    if ((unsigned long)head[t] >= (unsigned long)width) return 3;
                }
#else
                size_t index = state;
                for (int t = 0; t < K; t++) index = index * size[t] + tape[t][head[t]];
                const Action *a = &table[index];
                for (int t = 0; t < K; t++) {
                    tape[t][head[t]] = a->write[t];
                    head[t] += a->move[t];
                    if ((unsigned long)head[t] >= (unsigned long)width) return 3;
                }
#endif
                n++;
                state = a->next;
                if (state < 0) break;
            }
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
            transitions += n;
            nanoseconds += (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec;
            for (int t = 0; r == 0 && t < K; t++)
                for (long i = 0; i < width; i++)
                    sum += (uint64_t)tape[t][i] * (uint64_t)(t + 1) * (uint64_t)(i - half + 1000003);
        }
        printf("%ld %llu %ld\n", transitions, (unsigned long long)sum, nanoseconds);
    }
    return 0;
}
