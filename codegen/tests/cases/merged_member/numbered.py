class Numbered:
    def __getitem__(self, index):
        return index

    async def __aiter__(self):
        yield 1


class Sliced:
    def __getitem__(self, index: "int | slice"): ...


class Below(Sliced):
    async def __aiter__(self):
        yield 1

# ---- refused ----
# 5:15: TW128 merged_member: a plain iteration over this class uses __getitem__ in the source, and would use __aiter__ in the twin
#   help: annotate the key if it is not a number, as in `key: str`, or mark __aiter__ `# twingen: async-only`
# 14:15: TW128 merged_member: a plain iteration over this class uses __getitem__ in the source, and would use __aiter__ in the twin
#   help: annotate the key if it is not a number, as in `key: str`, or mark __aiter__ `# twingen: async-only`
