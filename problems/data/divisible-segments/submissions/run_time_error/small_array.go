package main

import (
	"bufio"
	"fmt"
	"os"
)

var seen [1000]int

func main() {
	in := bufio.NewReader(os.Stdin)
	var n, k int
	fmt.Fscan(in, &n, &k)
	seen[0] = 1
	sum, answer := 0, 0
	for i := 0; i < n; i++ {
		var x int
		fmt.Fscan(in, &x)
		sum = ((sum+x)%k + k) % k
		answer += seen[sum]
		seen[sum]++
	}
	fmt.Println(answer)
}
