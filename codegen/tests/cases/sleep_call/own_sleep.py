import time


def sleep(x):
    time.sleep(x)


class A:
    def sleep(self, x):
        self.sleep(x)
        sleep(x)
