// The heap of the Python guest: small blocks in pages of one size each, in front of the C library's heap.
//
// The wheel's CPython is built without its own allocator for small objects and asks the C library for each. Here
// its functions for memory are these (guest.rs joins them so), and `malloc` is as fast as that allocator was. Knows
// nothing of Python: whatever a block came from, any `free` takes it.
#define malloc large_malloc
#define free large_free
#define calloc large_calloc
#define realloc large_realloc
#define reallocarray large_reallocarray
#define malloc_usable_size large_usable_size
#include "malloc.c"
#undef malloc
#undef free
#undef calloc
#undef realloc
#undef reallocarray
#undef malloc_usable_size

enum {
    SMALL = 512,        // the largest small block
    CLASSES = SMALL / UNIT + 1,
    PAGE_SHIFT = 12,
    PAGE = 1 << PAGE_SHIFT,
    ARENA_SHIFT = 16,   // pages are taken from the large heap by the arena
    ARENA = 1 << ARENA_SHIFT,
    ARENA_PAGES = ARENA / PAGE,
    ROOM = PAGE - 2 * UNIT, // of a page, between its head and what is not the arena's
};

typedef struct block {
    struct block *next;
} block;

// A page of small blocks begins with this.
typedef struct page {
    block *free;
    uint16_t n_used, class;
    struct page *next, *previous; // among the pages of its class that have a free block, or among the unused
} page;

_Static_assert(sizeof(page) <= UNIT, "the head of a page has its room");

static page none;                           // has no free block
static page *pages[CLASSES] = {[0 ... CLASSES - 1] = &none}; // of each class, those with a free block; then `none`
static page *unused;
static uint32_t n_unused;
static uint8_t is_small[1 << (32 - PAGE_SHIFT)]; // whether a page of memory is one of these
static uint8_t n_taken[1 << (32 - ARENA_SHIFT)]; // pages of an arena that are not unused

static page *page_of(void *p) { return (page *)((uintptr_t)p & ~(uintptr_t)(PAGE - 1)); }

static void link_page(page **list, page *p) {
    p->previous = NULL;
    p->next = *list;
    if (p->next && p->next != &none) p->next->previous = p;
    *list = p;
}

static void unlink_page(page **list, page *p) {
    if (p->next && p->next != &none) p->next->previous = p->previous;
    if (p->previous) {
        p->previous->next = p->next;
    } else {
        *list = p->next;
    }
}

static int take_arena(void) {
    // All but the large heap's four bytes at the end of a block, so that arenas lie one beside the other.
    char *arena = aligned_alloc(ARENA, ARENA - 4);
    if (!arena) return 0;
    memset(is_small + ((uintptr_t)arena >> PAGE_SHIFT), 1, ARENA_PAGES);
    for (int i = ARENA_PAGES - 1; i >= 0; i--) link_page(&unused, (page *)(arena + i * PAGE));
    n_unused += ARENA_PAGES;
    return 1;
}

static void give_arena_back(char *arena) {
    for (int i = 0; i < ARENA_PAGES; i++) unlink_page(&unused, (page *)(arena + i * PAGE));
    n_unused -= ARENA_PAGES;
    memset(is_small + ((uintptr_t)arena >> PAGE_SHIFT), 0, ARENA_PAGES);
    large_free(arena);
}

// A block of a class whose first page has none.
static __attribute__((noinline)) void *open_page(uint32_t class) {
    page *p;
    for (;;) {
        p = pages[class];
        if (p == &none) break;
        if (p->free) goto found;
        // Full: it comes back when a block of it is freed.
        unlink_page(&pages[class], p);
        p->previous = p;
    }
    if (!unused && !take_arena()) return failed();
    p = unused;
    unlink_page(&unused, p);
    n_unused--;
    n_taken[(uintptr_t)p >> ARENA_SHIFT]++;
    p->class = class;
    p->n_used = 0;
    uint32_t size = class * UNIT;
    block *next = NULL;
    char *first = (char *)p + UNIT;
    for (char *at = first + ROOM / size * size; (at -= size) >= first;) {
        block *b = (block *)at;
        b->next = next;
        next = b;
    }
    p->free = next;
    link_page(&pages[class], p);
found:;
    block *b = p->free;
    p->free = b->next;
    p->n_used++;
    return b;
}

// The first block that is freed of a full page, or the last one of any.
static __attribute__((noinline)) void turn_page(page *p) {
    page **list = &pages[p->class];
    if (p->previous == p) link_page(list, p);
    // One page of a class stays, since a program may take and free a block again and again.
    if (p->n_used || (*list == p && p->next == &none)) return;
    unlink_page(list, p);
    link_page(&unused, p);
    n_unused++;
    uintptr_t arena = (uintptr_t)p >> ARENA_SHIFT;
    if (!--n_taken[arena] && n_unused >= 2 * ARENA_PAGES) give_arena_back((char *)(arena << ARENA_SHIFT));
}

static inline void *get(size_t n) {
    if (n > SMALL) return large_malloc(n);
    uint32_t class = n ? (n + UNIT - 1) / UNIT : 1;
    page *p = pages[class];
    block *b = p->free;
    if (!b) return open_page(class);
    p->free = b->next;
    p->n_used++;
    return b;
}

void *malloc(size_t n) { return get(n); }

void free(void *freed) {
    if (!is_small[(uintptr_t)freed >> PAGE_SHIFT]) {
        large_free(freed);
        return;
    }
    page *p = page_of(freed);
    block *b = freed;
    b->next = p->free;
    p->free = b;
    if (!--p->n_used || !b->next) turn_page(p);
}

void *calloc(size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) return failed();
    if (n > SMALL) return large_calloc(count, each);
    void *made = get(n);
    return made ? memset(made, 0, n) : NULL;
}

size_t malloc_usable_size(void *p) {
    return is_small[(uintptr_t)p >> PAGE_SHIFT] ? page_of(p)->class * UNIT : large_usable_size(p);
}

void *realloc(void *old, size_t n) {
    if (!old) return malloc(n);
    size_t have = malloc_usable_size(old);
    int was_small = is_small[(uintptr_t)old >> PAGE_SHIFT];
    if (was_small ? n <= have && n > have / 4 * 3 : n > SMALL) return was_small ? old : large_realloc(old, n);
    void *moved = get(n);
    if (!moved) return NULL;
    memcpy(moved, old, n < have ? n : have);
    free(old);
    return moved;
}

void *reallocarray(void *old, size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) return failed();
    return realloc(old, n);
}

// CPython's own names for these.
#define SAME(name, of, parameters) \
    void *name parameters __attribute__((alias(#of)));
SAME(PyObject_Malloc, malloc, (size_t))
SAME(PyObject_Calloc, calloc, (size_t, size_t))
SAME(PyObject_Realloc, realloc, (void *, size_t))
SAME(PyMem_Malloc, malloc, (size_t))
SAME(PyMem_Calloc, calloc, (size_t, size_t))
SAME(PyMem_Realloc, realloc, (void *, size_t))
SAME(PyMem_RawMalloc, malloc, (size_t))
SAME(PyMem_RawCalloc, calloc, (size_t, size_t))
SAME(PyMem_RawRealloc, realloc, (void *, size_t))
void PyObject_Free(void *) __attribute__((alias("free")));
void PyMem_Free(void *) __attribute__((alias("free")));
void PyMem_RawFree(void *) __attribute__((alias("free")));
