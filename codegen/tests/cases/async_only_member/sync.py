class Pool:
    def close(self): ...


def use(pool: Pool):
    pool.close()
