class Client:
    def send(self, data, scope=None): ...


def use(client, make):
    client.send(1, make())
    client.send(1, scope=make())
