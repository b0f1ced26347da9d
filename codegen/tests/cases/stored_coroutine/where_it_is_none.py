# row: inspect.iscoroutinefunction = keep
import inspect


class Connection:
    def __del__(self):
        if not inspect.iscoroutinefunction(self.close):
            self.close()

    async def close(self):
        pass

# ---- twin ----
# row: inspect.iscoroutinefunction = keep
import inspect


class Connection:
    def __del__(self):
        if not inspect.iscoroutinefunction(self.close):
            self.close()

    def close(self):
        pass
