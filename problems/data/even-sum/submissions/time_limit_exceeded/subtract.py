def is_even(x):
    x = abs(x)
    while x > 1:
        x -= 2
    return x == 0


total = 0
for number in map(int, input().split()):
    if is_even(number):
        total += number
print(total)
