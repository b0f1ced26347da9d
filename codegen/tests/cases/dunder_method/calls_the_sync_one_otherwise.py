class Attempt:
    def __exit__(self, *exc):
        return True

    async def __aexit__(self, *exc):
        self.__exit__(*exc)

# ---- refused ----
# 5:15: TW106 dunder_method: the class defines both __aexit__ and __exit__
#   help: keep one protocol, or mark __exit__ `# twingen: async-only`
