class Account:
    @property
    def total(self) -> int:
        return 1

    def double(self) -> int:
        return self.total * 2
