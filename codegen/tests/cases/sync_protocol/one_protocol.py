class Client:
    def __enter__(self):
        raise TypeError("closed")

    def __exit__(self, *exc): ...


class Mine(Client):
    def __enter__(self):
        return self
