class A:
    def fetch(self): ...

    def main(self):
        x = self.fetch()
        return x, self.fetch
