// The heap. The wheel's own rounds every block up to a power of two, so that a vector of 40 MB takes
// 256 MiB and fails under limits that it meets everywhere else. This one wastes a few bytes a block.
//
// Free chunks lie in lists by size; neighbours that are free become one. A chunk's size is a multiple
// of 16 and its payload is aligned to 16. The word `below` belongs to the payload of the chunk below
// while that one is in use, so that a block costs four bytes. `top` is the chunk that borders on
// memory which was not asked for yet; it is in no list.
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNIT = 16,
    USED = 1,           // this chunk is in use
    BELOW_USED = 2,     // the chunk below is in use
    FLAGS = USED | BELOW_USED,
    EXACT = 32,         // sizes below this many units have a list each
    STEPS = 16,         // larger ones share this many lists for each power of two
    LISTS = EXACT + 24 * STEPS,
    WORDS = (LISTS + 63) / 64,
    TRIES = 8,          // chunks of a shared list that are looked at
    WASM_PAGE = 65536,
    MIN_GROWTH = 4,     // pages
};
#define MAX_REQUEST 0x7fff0000u

typedef struct chunk {
    uint32_t below; // size of the chunk below, if that is free
    uint32_t size;  // of this chunk, and flags
    struct chunk *next, *previous; // in its list, if this chunk is free
} chunk;

extern unsigned char __heap_base;

static chunk *lists[LISTS];
static uint64_t filled[WORDS]; // a bit for each list that is not empty
static chunk *top;
static uintptr_t end;   // of the memory that `top` borders on
static uintptr_t fresh; // from here on memory was never handed out, and is zero

static chunk *at(void *base, uint32_t offset) { return (chunk *)((char *)base + offset); }
static void *payload(chunk *c) { return (char *)c + 8; }
static chunk *chunk_of(void *block) { return (chunk *)((char *)block - 8); }
static uint32_t size_of(chunk *c) { return c->size & ~(uint32_t)FLAGS; }

static uint32_t list_of(uint32_t size) {
    uint32_t units = size / UNIT;
    if (units < EXACT) return units;
    uint32_t power = 31 - (uint32_t)__builtin_clz(units);
    return EXACT + (power - 5) * STEPS + ((units >> (power - 4)) & (STEPS - 1));
}

static void put(chunk *c, uint32_t size) {
    uint32_t list = list_of(size);
    c->size = size | BELOW_USED; // two free neighbours would have become one
    chunk *after = at(c, size);
    after->below = size;
    after->size &= ~(uint32_t)BELOW_USED;
    c->previous = NULL;
    c->next = lists[list];
    if (c->next) c->next->previous = c;
    lists[list] = c;
    filled[list / 64] |= 1ull << (list % 64);
}

static void take(chunk *c) {
    if (c->next) c->next->previous = c->previous;
    if (c->previous) {
        c->previous->next = c->next;
    } else {
        uint32_t list = list_of(size_of(c));
        lists[list] = c->next;
        if (!c->next) filled[list / 64] &= ~(1ull << (list % 64));
    }
}

// Returns a free chunk of at least this size, no longer in a list, or nothing.
static chunk *find(uint32_t size) {
    uint32_t list = list_of(size);
    if (list >= EXACT) {
        chunk *c = lists[list];
        for (int i = 0; c && i < TRIES; i++, c = c->next) {
            if (size_of(c) >= size) {
                take(c);
                return c;
            }
        }
        list++;
    }
    uint32_t word = list / 64;
    uint64_t bits = word < WORDS ? filled[word] & (~0ull << (list % 64)) : 0;
    while (!bits) {
        if (++word >= WORDS) return NULL;
        bits = filled[word];
    }
    chunk *c = lists[word * 64 + (uint32_t)__builtin_ctzll(bits)];
    take(c);
    return c;
}

// Makes `top` at least so large.
static int grow(uint32_t size) {
    if (!top) {
        top = (chunk *)(((uintptr_t)&__heap_base + 8 + UNIT - 1) / UNIT * UNIT - 8);
        end = (uintptr_t)__builtin_wasm_memory_size(0) * WASM_PAGE;
        if ((uintptr_t)top + 2 * UNIT > end) top = (chunk *)(end - 8);
        top->size = (end - 8 - (uintptr_t)top) | BELOW_USED;
        fresh = (uintptr_t)payload(top);
        if (size_of(top) >= size) return 1;
    }
    uint32_t pages = (size - size_of(top) + WASM_PAGE - 1) / WASM_PAGE;
    uint32_t more = pages < MIN_GROWTH ? MIN_GROWTH : pages;
    size_t old = __builtin_wasm_memory_grow(0, more);
    if (old == SIZE_MAX && more > pages) old = __builtin_wasm_memory_grow(0, more = pages);
    if (old == SIZE_MAX) return 0;
    uintptr_t start = old * WASM_PAGE;
    if (start == end) {
        end += more * WASM_PAGE;
        top->size += more * WASM_PAGE;
        return 1;
    }
    // The program has grown memory by itself: what is below becomes a closed stretch of heap. The last
    // eight bytes of a stretch are left for the header of a chunk that is never freed.
    uint32_t rest = size_of(top);
    at(top, rest)->size = USED | BELOW_USED;
    if (rest) put(top, rest);
    end = start + more * WASM_PAGE;
    top = (chunk *)(start + 8);
    top->size = (more * WASM_PAGE - UNIT) | BELOW_USED;
    fresh = (uintptr_t)payload(top);
    return size_of(top) >= size || grow(size);
}

static uint32_t size_for(size_t n) {
    return n <= 12 ? UNIT : (uint32_t)((n + 4 + UNIT - 1) / UNIT * UNIT);
}

// Frees a chunk, together with free neighbours.
static void release(chunk *c) {
    uint32_t size = size_of(c);
    chunk *after = at(c, size);
    if (!(c->size & BELOW_USED)) {
        chunk *before = (chunk *)((char *)c - c->below);
        take(before);
        size += size_of(before);
        c = before;
    }
    if (after == top) {
        c->size = (size + size_of(top)) | BELOW_USED;
        top = c;
        return;
    }
    if (!(after->size & USED)) {
        take(after);
        size += size_of(after);
    }
    put(c, size);
}

// Makes a chunk in use that is `have` large one that is `size` large, and frees the rest.
static void cut(chunk *c, uint32_t have, uint32_t size) {
    c->size = size | (c->size & FLAGS);
    if (have == size) return;
    chunk *rest = at(c, size);
    rest->size = (have - size) | BELOW_USED;
    release(rest);
}

static void *failed(void) {
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t n) {
    if (n > MAX_REQUEST) return failed();
    uint32_t size = size_for(n);
    chunk *c = find(size);
    if (c) {
        uint32_t have = size_of(c);
        if (have - size >= UNIT) {
            c->size = size | USED | BELOW_USED;
            chunk *rest = at(c, size);
            put(rest, have - size);
        } else {
            c->size = have | USED | BELOW_USED;
            at(c, have)->size |= BELOW_USED;
        }
        return payload(c);
    }
    // What is left of `top` must have room for a header.
    if ((!top || size_of(top) < size + UNIT) && !grow(size + UNIT)) return failed();
    c = top;
    uint32_t rest = size_of(c) - size;
    top = at(c, size);
    top->size = rest | BELOW_USED;
    c->size = size | USED | (c->size & BELOW_USED);
    if (fresh < (uintptr_t)payload(top)) fresh = (uintptr_t)payload(top);
    return payload(c);
}

void free(void *block) {
    if (!block) return;
    chunk *c = chunk_of(block);
    // A block that is no block, or is freed twice.
    if (!(c->size & USED) || (uintptr_t)block % UNIT) __builtin_trap();
    c->size &= ~(uint32_t)USED;
    release(c);
}

void *calloc(size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) return failed();
    uintptr_t clean = fresh;
    void *block = malloc(n);
    if (!block) return NULL;
    // Before the first block everything is fresh.
    if (!clean) clean = (uintptr_t)block;
    uintptr_t start = (uintptr_t)block;
    if (start < clean) memset(block, 0, start + n < clean ? n : clean - start);
    return block;
}

void *realloc(void *block, size_t n) {
    if (!block) return malloc(n);
    if (n > MAX_REQUEST) return failed();
    chunk *c = chunk_of(block);
    if (!(c->size & USED)) __builtin_trap();
    uint32_t size = size_for(n), have = size_of(c);
    if (have < size) {
        chunk *after = at(c, have);
        if (after == top && (size_of(top) >= size - have + UNIT || grow(size - have + UNIT)) &&
            after == top) {
            uint32_t rest = size_of(top) - (size - have);
            top = at(c, size);
            top->size = rest | BELOW_USED;
            c->size = size | (c->size & FLAGS);
            if (fresh < (uintptr_t)payload(top)) fresh = (uintptr_t)payload(top);
            return block;
        }
        if (after != top && !(after->size & USED) && have + size_of(after) >= size) {
            take(after);
            have += size_of(after);
            c->size = have | (c->size & FLAGS);
            at(c, have)->size |= BELOW_USED;
        }
    }
    if (have >= size) {
        cut(c, have, size);
        return block;
    }
    void *moved = malloc(n);
    if (!moved) return NULL;
    memcpy(moved, block, have - 4);
    free(block);
    return moved;
}

void *reallocarray(void *block, size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) return failed();
    return realloc(block, n);
}

void *aligned_alloc(size_t alignment, size_t n) {
    if (alignment <= UNIT) return malloc(n);
    if (alignment & (alignment - 1) || alignment > MAX_REQUEST || n > MAX_REQUEST - alignment)
        return failed();
    void *block = malloc(n + alignment);
    if (!block) return NULL;
    chunk *c = chunk_of(block);
    uint32_t have = size_of(c);
    uint32_t gap = (uint32_t)(-(uintptr_t)block & (alignment - 1));
    if (gap) {
        chunk *aligned = at(c, gap);
        have -= gap;
        aligned->size = have | USED;
        c->size = gap | (c->size & BELOW_USED);
        release(c);
        c = aligned;
    }
    cut(c, have, size_for(n));
    return payload(c);
}

void *memalign(size_t alignment, size_t n) { return aligned_alloc(alignment, n); }
void *valloc(size_t n) { return aligned_alloc(WASM_PAGE, n); }

int posix_memalign(void **block, size_t alignment, size_t n) {
    int before = errno;
    void *made = aligned_alloc(alignment, n);
    errno = before;
    if (!made) return ENOMEM;
    *block = made;
    return 0;
}

size_t malloc_usable_size(void *block) { return block ? size_of(chunk_of(block)) - 4 : 0; }
