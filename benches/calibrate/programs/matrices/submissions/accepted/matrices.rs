fn main() {
    const N: usize = 400;
    let a: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| (i + j) as f64).collect()).collect();
    let b: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| i as f64 - j as f64).collect()).collect();
    let mut c = vec![vec![0.0; N]; N];
    for i in 0..N {
        for j in 0..N {
            let mut sum = 0.0;
            for k in 0..N {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
    println!("{}", c[17][39]);
}
