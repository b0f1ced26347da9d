class TaskGroup:
    def create_task(self, x): ...


def main(tg: TaskGroup):
    with TaskGroup() as group:
        group.create_task(print())
    tg.create_task(print())
