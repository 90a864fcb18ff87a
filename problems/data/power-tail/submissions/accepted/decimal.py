# Digit by digit of the exponent: r -> r^10 * a^digit.
a, digits, m = input().split()
a, m = int(a), int(m)
result = 1
for digit in digits:
    result = result ** 10 * a ** int(digit) % m
print(result % m)
