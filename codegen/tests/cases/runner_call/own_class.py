class Runner:
    def run(self, x):
        return x


def f():
    runner = Runner()
    return runner.run(f())
