# renames: Async* = *
"""Examples know the names of the module.

>>> client = AsyncClient()
>>> async with client as c:
...     await c.pause(1)
...     await asyncio.sleep(2)
...
paused
>>> await sleep(1)

Fenced:

```python
from source import AsyncClient

async def main():
    await AsyncClient().pause(1)
```

As it is on both sides:

.. twingen: keep

.. code-block:: python

    await asyncio.gather(*anything)

No Python::

    $ python -m source; await the answer
"""

import asyncio
from asyncio import sleep


class AsyncClient:
    async def pause(self, delay):
        r"""Pause.

        .. code-block:: python

            # What is bound here is none of the module's.
            sleep = pool.sleep
            await sleep("\\n")  # of an AsyncClient
        """
        await asyncio.sleep(delay)
        await sleep(delay)

# ---- twin ----
# renames: Async* = *
"""Examples know the names of the module.

>>> import time
>>> client = Client()
>>> with client as c:
...     c.pause(1)
...     time.sleep(2)
...
paused
>>> time.sleep(1)

Fenced:

```python
from twin import Client


def main():
    Client().pause(1)
```

As it is on both sides:

.. twingen: keep

.. code-block:: python

    await asyncio.gather(*anything)

No Python::

    $ python -m source; await the answer
"""

import time


class Client:
    def pause(self, delay):
        r"""Pause.

        .. code-block:: python

            # What is bound here is none of the module's.
            sleep = pool.sleep
            sleep("\\n")  # of an Client
        """
        time.sleep(max(delay, 0))
        time.sleep(max(delay, 0))
