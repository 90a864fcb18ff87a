package main

import "fmt"

func main() {
	state := uint32(1)
	counts := map[int]int{}
	for i := 0; i < 2_000_000; i++ {
		state = state*1664525 + 1013904223
		counts[int(state>>8)%100_000]++
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	fmt.Println(len(counts), most)
}
