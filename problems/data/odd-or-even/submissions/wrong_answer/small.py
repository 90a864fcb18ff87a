print("even" if int(input()) < 5 else "odd")
