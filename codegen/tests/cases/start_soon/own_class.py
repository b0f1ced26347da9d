class Group:
    def start_soon(self, function):
        return function()


def f(group: Group):
    group.start_soon(print)
