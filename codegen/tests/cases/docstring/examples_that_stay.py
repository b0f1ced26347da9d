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


def f():
    """
    >>> f( )
    """
