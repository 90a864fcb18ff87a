package main

import "fmt"

func main() {
	const n = 5000
	a, b := make([]byte, n), make([]byte, n)
	state := uint32(1)
	for i := range a {
		state = state*1664525 + 1013904223
		a[i], b[i] = byte(state>>24)%4, byte(state>>16)%4
	}
	before := make([]int32, n+1)
	for i := range a {
		row := make([]int32, n+1)
		for j := range b {
			if a[i] == b[j] {
				row[j+1] = before[j] + 1
			} else {
				row[j+1] = max(row[j], before[j+1])
			}
		}
		before = row
	}
	fmt.Println(before[n])
}
