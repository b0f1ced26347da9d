def create_task(x):
    return x


create_task(print())
