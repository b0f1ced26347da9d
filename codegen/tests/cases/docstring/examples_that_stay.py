"""Nothing here is asynchronous.

>>> loop(  1 )
1

```python
x = {'a':1}
cannot be read, and says nothing
```

```
await what says no language
```

.. code-block:: console

    $ await x
"""


def g():
    """Show what is wrong.

    >>> async def f:
    Traceback (most recent call last):
    SyntaxError: expected '('
    """


def f():
    """
    >>> f( )
    """
