import sys

rows = [line.split() for line in sys.stdin.read().splitlines()[1:]]
rows.sort(key=lambda row: row[0])
rows.sort(key=lambda row: int(row[2]))
rows.sort(key=lambda row: int(row[1]), reverse=True)
print("\n".join(row[0] for row in rows))
