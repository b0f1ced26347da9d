def timeout(x):
    return x


with timeout(3) as t:
    print(t)
