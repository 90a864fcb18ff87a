print(len(set(input())) + 1)
