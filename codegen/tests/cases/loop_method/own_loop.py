class Loop:
    def call_soon(self, f): ...


loop = Loop()
loop.call_soon(print)
