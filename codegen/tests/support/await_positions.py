"""Every operator and position around `await`; see `test_execution`."""

from __future__ import annotations

EXPRESSIONS = """
    await one()
    (await one())
    await(one())
    await (one)()
    -await one()
    +await one() ** 2
    ~await one()
    not await one()
    (-await one()) ** 2
    2 ** await one()
    -2 ** -await one()
    await one() ** await two()
    await two() * 3 + 1
    3 * await two() - await one()
    await two() @ Matrix()
    7 // await two() % await two() / await two()
    1 + await (one() if flag else two())
    1 + (await one() if flag else await two()) * 5
    (await one() if not flag else await two()) + 5
    await two() << await one() >> 1
    await two() & 3 | await one() ^ 7
    await one() < await two() <= 2 != await one()
    await one() in [await two(), await one()]
    await one() not in await items()
    await one() is await one()
    await one() is not None
    await one() and await two() or await zero()
    await zero() or await zero() and await one()
    not await zero() or await one()
    (await text()).upper()
    (await text()).upper().lower() + await text()
    (await items())[1]
    (await items())[await zero()]
    (await items())[await zero() : await two() : await one()]
    (await items())[-await one()]
    (await make())()
    (await make())(await one(), *await items(), **await mapping())
    await (await make_async())(await two())
    await (await owner()).method(await one())
    (await (await owner()).method(1), await two())
    [await one(), *await items()]
    {await one(), *(await items())}
    {await one(): await two(), **await mapping()}
    await one(), await two()
    (await one(),)
    f"{await one()}"
    f"{await one()!r:>{await two()}}|"
    f"{await one() + 1:{await text()}<5}" if False else f"{(await text())[0]}"
    f"{f'{await text()}'} {await one():03d}"
    "%s %s" % (await one(), await two())
    "%s" % await text()
    (lambda x: x + 1)(await one())
    (lambda x=await one(): x)()
    (x := await one()) + x
    [y := await one(), y ** 2]
    await (z := one)() + 1
    [await one() for _ in range(2)]
    [x for x in await items() if x != await one()]
    [[x, y] for x in await items() for y in await items() if await zero() == 0]
    {x: await two() for x in await items()}
    {await one() for _ in await items()}
    sum([x async for x in generate()])
    [x async for x in generate() if x > await one()]
    sorted(await items(), key=lambda x: -x)
    max(await one(), await two(), key=lambda x: -x)
    print(await one(), await two(), sep=await text())
    await echo(await echo(await one()))
    await echo(x=await one())
    await echo(3) if True else (await echo())(1)
    await echo(lambda: 3) is not None
    await echo((await one(), [await two()]))
    await owner_now.method(2) + owner_now.attribute
    await owner_now.inner.method(3) * 2
    await methods["m"](1)
    await (lambda: one())()
    (yield_value := (await one()))
    1 if await zero() else 2 if await zero() else await two()
    await one() if flag else 1 / 0
    await boom() if not flag else await two()
    not (await zero()) + 1
    await\\
        one()
    (await
        one() + 1)
    ((await one()))
    await zero() >= await one() == await one()
    await two() > await one()
    (await one() > await two()) is (await zero() == 1)
    -await one() in [-await one()]
    not await one() in await items()
    not await one() == await two()
    await two() ** -await one() ** await two()
    (await two()) ** (await two() ** await two())
    await zero() if await one() else await two() or await one()
    (await zero() or await two()) and await one()
    [*await items(), *(await zero(), await one())]
    (*await items(), await one())
    {**await mapping(), "other": await one()}
    print(*await items(), await one(), sep=await text(), **await nothing())
    (await items())[await zero() :][:: await two()]
    (await items())[: -await one() : await one() or await two()]
    (await matrix())[await zero(), await one()]
    (await matrix())[await zero(), ..., : await two()]
    [x async for x in (await echo(y) for y in range(await two()))]
    [x for y in [await items()] for x in y if x in await items()]
    {x: y for x, y in zip(await items(), [await echo(z) for z in range(3)])}
    (lambda *a, k=await one(), **b: (a, k, b))(*await items(), z=await two())
    [(lambda x=await echo(y): x)() for y in range(2)]
    f"{await one():>{await two()}{'d'}}" f"{(await text())!s}" "plain"
    f"{ {await one(): await two()}[1] }{await one():{await two()}.{await one()}f}"
    f"{await one() if await zero() else await text():_^{await two() * 5}}"
    (x := await one(), (y := await two()) + x, x + y)
    [z for w in await items() if (z := await echo(w))]
    await echo(x := await one()) + x
    await echo(await echo(await echo(await one())) + await one())
    (await make())(x := await one(), k=(y := await two()))
    await (await make_async())(*(await items())[: await one()])
    await owner_now.inner.inner.method((await items())[await one()])
    str(await one()) + repr(await two()) * await two()
    "x" if await zero() else "y" if not await one() else f"{await two()}"
    1 / await zero()
    await boom()
    (await one()).missing
""".strip("\n")

_ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^")
_COMPARISONS = ("<", ">", "<=", ">=", "==", "!=", "is", "is not")
_BINARY = (*_ARITHMETIC, *_COMPARISONS, "and", "or")


def pairs_with(first: str) -> str:
    """Return a body that puts every operator after one, between awaits."""
    forms = [
        form
        for second in _BINARY
        for form in (
            f"await seven() {first} await two() {second} await one()",
            f"await seven() {first} (await two() {second} await one())",
            f"-await seven() {first} ~await two() {second} +await one()",
            f"not await seven() {first} (not await two()) {second} -await one()",
        )
    ]
    attempts = [
        f"try: out.append({form})\nexcept Exception as e: out.append(str(e))"
        for form in forms
    ]
    return "\n".join(["out = []", *attempts, "return out"])


STATEMENTS = {
    "augmented": "x = 1; x += await two(); return x",
    "augmented item": "xs = [1, 2]; xs[await one()] *= await two(); return xs",
    "augmented attribute": "o = Owner(); o.attribute -= await two()\n"
    "return o.attribute",
    "annotated": "x: int = await one(); return x",
    "chained": "a = b = await one(); return a, b",
    "unpacked": "a, *b = await items(); return a, b",
    "swap": "a, b = await one(), await two(); a, b = b, a; return a, b",
    "delete": "xs = await items(); del xs[await zero()]; return xs",
    "delete slice": "xs = await items(); del xs[: await two()]; return xs",
    "assert": "assert await one(), await text()",
    "assert fails": "assert await zero(), await text()",
    "raise": "raise ValueError(await text())",
    "raise from": "raise ValueError(await text()) from KeyError(await one())",
    "return star": "return 0, *await items()",
    "return nothing": "await one()",
    "while": "n = 3\nwhile n > await one(): n -= 1\nreturn n",
    "while else": "while await zero(): pass\nelse: return 'else'",
    "for": "out = []\nfor x in await items(): out.append(x + await one())\nreturn out",
    "for star": "for x in *await items(), 9: print(x)",
    "for else break": "for x in await items(): break\nelse: x = None\nreturn x",
    "if": "if await zero(): return 1\nelif await one(): return 2\nelse: return 3",
    "with": "with open_(await one()) as x: return x",
    "with several": "with open_(await one()) as x, open_(await two()) as y:\n"
    "  return x, y",
    "try": "try: await boom()\nexcept (await kinds()) as e: return str(e)",
    "try else": "try: x = await one()\nexcept ValueError: pass\nelse: return x + 1",
    "try finally": "try: return await one()\nfinally: print(await two())",
    "decorator": "@(await decorator())\ndef f(): return 1\nreturn f()",
    "default": "def f(x=await one(), *, y=await two()): return x, y\nreturn f()",
    "class": "class A(Owner, metaclass=await meta()): x = 1\nreturn A().x, A.attribute",
    "nested": "async def f(): return await one()\nreturn await f() + await f()",
    "generator": "async def g():\n  yield await one()\n  yield\n"
    "return [x async for x in g()]",
    "generator receives": "async def g():\n  x = yield await one()\n  print(x)\n"
    "  yield x\nit = g(); print(await anext(it)); return await it.asend('sent')",
    "lambda": "f = lambda x: one()\nreturn await f(1)",
    "global": "global changed\nchanged = await two()\nreturn changed",
    "match": "match await items():\n  case [0, *rest] if await one(): return rest\n"
    "  case _: return 'no'",
    "semicolons": "a = await one(); b = await two(); return a + b",
    "walrus in while": "xs = await items()\nwhile (x := xs.pop()) > await one():"
    " print(x)\nreturn x",
    "comment": "x = (  # first\n  await one()  # second\n)  # third\nreturn x",
    "string": "return 'await one()', \"async def\", b'await'",
    "match subject": "match (await one(), await two()):\n"
    "  case (1, x) if x == await two() and not await zero(): return x + await one()",
    "match class": "match await owner():\n  case Owner(attribute=x): return x",
    "assigned item": "xs = [0, 0]; xs[await one()] = await two(); return xs",
    "assigned attribute": "(await owner()).attribute = await one(); return 'set'",
    "assigned slice": "xs = [0]; xs[await zero() : await one()] = await items()\n"
    "return xs",
    "loop over an item": "xs = [0]\nfor xs[await zero()] in await items(): pass\n"
    "return xs",
    "entered as an item": "xs = [0]\n"
    "with open_(await two()) as xs[await zero()]: pass\nreturn xs",
    "except choice": "try: await boom()\n"
    "except (ValueError if await one() else KeyError): return 'caught'",
    "raise choice": "raise (ValueError if await zero() else KeyError)(await text())",
    "raise in turn": "try: await boom()\nexcept ValueError:\n"
    "  raise KeyError(await one())",
    "return choice": "return await one() if await zero() else await two()",
    "return lambda": "return (lambda x, y=await one(): x + y)(await two())",
    "nested default": "def f(x=[await one(), {await two(): await items()}]): return x\n"
    "return f()",
    "annotation": "x: 'int' = await one() + await two(); return x",
    "nonlocal": "n = await one()\nasync def f():\n  nonlocal n\n  n += await two()\n"
    "await f(); return n",
    "class body": "class A:\n  x = 1\n"
    "  async def f(self): return self.x + await one()\nreturn await A().f()",
    "comprehension in a condition": "if [x for x in await items() if await echo(x)]:\n"
    "  return 'some'",
    "while with a call": "n = 0\nwhile await echo(n < 3): n += await one()\nreturn n",
    "nested loops": "out = []\nasync for x in generate():\n"
    "  async for y in generate():\n    if y > x: break\n"
    "    out.append(await echo((x, y)))\nreturn out",
    "several managers": "with open_(await one()) as x, open_(x + await one()) as y:\n"
    "  return x, y",
    "yield and send": "async def g():\n  x = (yield await one()) + await two()\n"
    "  yield x\nit = g(); await anext(it); return await it.asend(5)",
    "star target": "first, *rest, last = *await items(), await two()\n"
    "return first, rest, last",
    "print": "print(await one(), end=await text()); print()",
    **{
        f"augmented {operator}": f"x = 7; x {operator}= await two() + 1; return x"
        for operator in _ARITHMETIC
    },
    **{f"pairs with {operator}": pairs_with(operator) for operator in _BINARY},
}

PRELUDE = """
import contextlib
class Matrix:
    def __rmatmul__(self, other): return ("matmul", other)
class Grid:
    def __getitem__(self, key): return key
class Owner:
    attribute = 7
    async def method(self, x): return x + 100
    @property
    def inner(self): return self
async def zero(): return 0
async def one(): return 1
async def two(): return 2
async def seven(): return 7
async def nothing(): return {}
async def matrix(): return Grid()
async def text(): return "text"
async def items(): return [0, 1, 2]
async def mapping(): return {"key": 3}
async def make(): return lambda *a, **k: (a, k)
async def make_async(): return echo
async def owner(): return Owner()
async def echo(x=None): return x
async def boom(): raise ValueError("boom")
async def kinds(): return ValueError
async def decorator(): return lambda f: lambda: f() + 1
async def meta(): return type
async def generate():
    for x in (1, 2, 3): yield x
@contextlib.contextmanager
def open_(x): yield x
owner_now = Owner()
methods = {"m": echo}
flag = True
changed = None
"""


def expressions() -> list[str]:
    lines: list[str] = []
    for line in EXPRESSIONS.split("\n"):
        if line.startswith("        "):
            lines[-1] += "\n" + line
        else:
            lines.append(line.strip())
    return lines


def functions() -> dict[str, str]:
    """Return the body of one function for every expression and statement."""
    bodies = [f"return ({expression})" for expression in expressions()]
    bodies.extend(STATEMENTS.values())
    return {f"case_{number}": body for number, body in enumerate(bodies)}
