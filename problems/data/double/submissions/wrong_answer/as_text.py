print(4 if input() == "2" else 2)
