try:
    import myhttp as httpx
except ImportError:
    import httpx

try:
    from asyncio import timeout
except ImportError:
    from mylib import timeout


def client() -> "httpx.AsyncClient":
    return httpx.AsyncClient(timeout=timeout)


# ---- refused ----
# 12:17: TW207 string_annotation: httpx.AsyncClient is bound in several ways, and they need different twins: httpx.AsyncClient, myhttp.AsyncClient
#   help: bind it in one way, or add rows that give all of them one name
# 13:12: TW201 library_name: httpx.AsyncClient is bound in several ways, and they need different twins: httpx.AsyncClient, myhttp.AsyncClient
#   help: bind it in one way, or add rows that give all of them one name
# 13:38: TW201 library_name: timeout is bound in several ways, and they need different twins: asyncio.timeout, mylib.timeout
#   help: bind it in one way, or add rows that give all of them one name
