# tasks: turns
class Point:
    def __init__(self, x):
        self.x = x

    def moved(self, by):
        self.x += by
        return self
