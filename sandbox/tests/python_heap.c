// The heap of the Python guest against a model of it: random blocks keep their contents through `malloc`, `calloc`,
// `realloc` and `free`, are aligned, overlap nothing, and what is given back is used again. Reads seeds.
#include "heap.c"

#include <stdio.h>

void *PyMem_RawMalloc(size_t), *PyMem_RawCalloc(size_t, size_t), *PyMem_RawRealloc(void *, size_t);
void PyMem_RawFree(void *);

enum { BLOCKS = 20000, STEPS_A_ROUND = 60000, ROUNDS = 8 };

static struct {
    unsigned char *start;
    size_t size;
    uint32_t mark; // what it is filled with follows from this
} blocks[BLOCKS];
static uint32_t state, n_marks;
static int is_all_small; // whether this round has small blocks alone
static size_t live, most_live; // bytes in blocks

static uint32_t draw(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static size_t draw_size(void) {
    static const size_t edges[] = {0, 1, 15, 16, 17, 496, 497, 511, 512, 513, 528, 4064, 4096, 65532, 65536};
    uint32_t kind = draw(100);
    if (kind < 10 && !is_all_small) return edges[draw(sizeof edges / sizeof *edges)];
    if (is_all_small) return draw(SMALL + 1);
    return kind < 80 ? draw(128) : kind < 95 ? draw(600) : kind < 99 ? draw(5000) : draw(40000);
}

static void expect(int holds, const char *what) {
    if (holds) return;
    puts(what);
    exit(1);
}

// Blocks differ in every stretch of a few bytes, so that none can lie in another unseen.
static unsigned char byte_of(uint32_t mark, size_t place) { return (mark * 2654435761u + place * 40503u) >> 13; }

static void fill_block(int i) {
    blocks[i].mark = ++n_marks;
    for (size_t k = 0; k < blocks[i].size; k++) blocks[i].start[k] = byte_of(blocks[i].mark, k);
}

static void check(int i, size_t n) {
    for (size_t k = 0; k < n; k++) expect(blocks[i].start[k] == byte_of(blocks[i].mark, k), "overwritten");
}

static void made(int i, void *start, size_t size) {
    expect(start != NULL, "none");
    expect((uintptr_t)start % UNIT == 0, "unaligned");
    expect(malloc_usable_size(start) >= size, "too small");
    blocks[i].start = start;
    blocks[i].size = size;
    live += size;
    if (live > most_live) most_live = live;
    fill_block(i);
}

static void give_back(int i) {
    check(i, blocks[i].size);
    PyMem_RawFree(blocks[i].start);
    live -= blocks[i].size;
    blocks[i].start = NULL;
}

static void step(int i, uint32_t growth) {
    size_t size = draw_size();
    if (!blocks[i].start) {
        if (draw(100) >= growth) return;
        switch (draw(3)) {
        case 0: made(i, PyMem_RawMalloc(size), size); return;
        case 1: made(i, PyMem_RawRealloc(NULL, size), size); return;
        }
        size_t each = 1 + draw(9), n = size / each * each;
        unsigned char *start = PyMem_RawCalloc(size / each, each);
        for (size_t k = 0; start && k < n; k++) expect(start[k] == 0, "not zero");
        made(i, start, n);
    } else if (draw(100) < growth / 2) {
        size_t kept = size < blocks[i].size ? size : blocks[i].size;
        blocks[i].start = PyMem_RawRealloc(blocks[i].start, size);
        check(i, kept);
        live -= blocks[i].size;
        made(i, blocks[i].start, size);
    } else {
        give_back(i);
    }
}

int main(void) {
    size_t start = __builtin_wasm_memory_size(0) << 16;
    while (scanf("%u", &state) == 1) {
        for (int round = 0; round < ROUNDS; round++) {
            is_all_small = round % 2;
            // Up, and down again, so that pages and arenas are given back in between.
            for (int i = 0; i < STEPS_A_ROUND; i++) step(draw(BLOCKS), i < STEPS_A_ROUND / 2 ? 80 : 20);
            for (int i = 0; i < BLOCKS; i++)
                if (blocks[i].start) give_back(i);
            expect(live == 0, "miscounted");
            size_t taken = (__builtin_wasm_memory_size(0) << 16) - start;
            // Pages and arenas that are not given back take twice as much, and more with every round.
            expect(taken <= most_live + most_live / 2, "memory is not used again");
        }
    }
    // Sizes that only exist in arithmetic.
    expect(!PyMem_RawCalloc(1u << 16, 1u << 16) && !PyMem_RawMalloc(SIZE_MAX), "too much");
    char *kept = PyMem_RawMalloc(20);
    strcpy(kept, "still here");
    expect(!PyMem_RawRealloc(kept, SIZE_MAX) && !strcmp(kept, "still here"), "lost");
    PyMem_RawFree(NULL);
    puts("ok");
}
