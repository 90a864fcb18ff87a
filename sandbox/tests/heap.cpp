// Random blocks of random sizes: each keeps its contents, is aligned, and is zero where it must be.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>

struct Block {
    unsigned char *start;
    size_t size;
    unsigned char fill;
};

static Block blocks[1000];
static unsigned state = 1;

static unsigned draw() {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static size_t draw_size() {
    unsigned kind = draw() % 100;
    return draw() % (kind < 70 ? 200u : kind < 95 ? 5000u : kind < 99 ? 100000u : 2000000u);
}

static void expect(bool holds, const char *what) {
    if (holds) return;
    puts(what);
    exit(1);
}

static void check(const Block &block) {
    for (size_t i = 0; i < block.size; i++) expect(block.start[i] == block.fill, "overwritten");
}

int main() {
    for (int step = 0; step < 100000; step++) {
        Block &block = blocks[draw() % 1000];
        unsigned kind = draw() % 4;
        if (block.start && kind < 2) {
            check(block);
            free(block.start);
            block.start = nullptr;
            continue;
        }
        size_t size = draw_size(), alignment = 16;
        if (block.start) {
            size_t kept = size < block.size ? size : block.size;
            block.start = static_cast<unsigned char *>(realloc(block.start, size));
            block.size = kept;
            check(block);
        } else if (kind == 0) {
            block.start = static_cast<unsigned char *>(calloc(1, size));
            block.size = size;
            block.fill = 0;
            check(block);
        } else if (kind == 1) {
            alignment = 32u << (draw() % 8);
            block.start = static_cast<unsigned char *>(aligned_alloc(alignment, size));
        } else {
            block.start = static_cast<unsigned char *>(malloc(size));
        }
        expect(block.start && reinterpret_cast<size_t>(block.start) % alignment == 0, "unaligned");
        expect(malloc_usable_size(block.start) >= size, "too small");
        block.size = size;
        block.fill = static_cast<unsigned char>(draw());
        memset(block.start, block.fill, size);
        // A program may take memory by itself; the heap goes on behind it.
        if (step == 50000) __builtin_wasm_memory_grow(0, 1);
    }
    for (const Block &block : blocks)
        if (block.start) check(block);
    puts("ok");
}
