# await the AsyncCursor; async with
x = 1  # twingen is a tool
