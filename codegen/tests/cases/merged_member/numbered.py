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
# 5:15: TW128 merged_member: items of this class are found by their numbers too (__getitem__), and the twin goes through what __aiter__ gives instead
#   help: annotate the key where it is no number, as in `key: str`, or mark __aiter__ `# twingen: async-only`
# 14:15: TW128 merged_member: items of this class are found by their numbers too (__getitem__), and the twin goes through what __aiter__ gives instead
#   help: annotate the key where it is no number, as in `key: str`, or mark __aiter__ `# twingen: async-only`
