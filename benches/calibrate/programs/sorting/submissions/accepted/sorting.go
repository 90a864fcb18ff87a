package main

import (
	"fmt"
	"sort"
)

func main() {
	state := uint32(1)
	numbers := make([]int, 1_000_000)
	for i := range numbers {
		state = state*1664525 + 1013904223
		numbers[i] = int(state >> 8)
	}
	sort.Ints(numbers)
	sum := 0
	for i, x := range numbers {
		sum += i * (x & 7)
	}
	fmt.Println(sum)
}
