import select


class Loop:
    def add_reader(self, fd, callback): ...


loop = Loop()
loop.add_reader(select.poll(), print)
