package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	words := bufio.NewScanner(os.Stdin)
	words.Split(bufio.ScanWords)
	next := func() int {
		words.Scan()
		number, _ := strconv.Atoi(words.Text())
		return number
	}
	n, k := next(), next()
	seen := map[int]int{0: 1}
	sum, answer := 0, 0
	for range n {
		sum = ((sum+next())%k + k) % k
		answer += seen[sum]
		seen[sum]++
	}
	fmt.Println(answer)
}
