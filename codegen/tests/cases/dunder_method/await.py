class A:
    def __await__(self):
        return iter(())

# ---- refused ----
# 2:9: TW106 dunder_method: an object that defines or calls __await__ uses the event loop directly
#   help: make it a coroutine function, or mark the definition `# twingen: async-only`
