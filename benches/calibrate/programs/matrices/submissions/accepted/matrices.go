package main

import "fmt"

func main() {
	const n = 400
	a, b, c := [n][n]float64{}, [n][n]float64{}, [n][n]float64{}
	for i := range a {
		for j := range a[i] {
			a[i][j], b[i][j] = float64(i+j), float64(i-j)
		}
	}
	for i := range a {
		for j := range b {
			sum := 0.0
			for k := range c {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
	fmt.Println(c[17][39])
}
