async def run(code):
    """Run a code.

    ```python
    code = '''
    import sys
    '''
    await run(code)
    ```

    >>> await run('x')
    """


async def one(code):
    ">>> await run('x')"


async def other(code):
    '''
    >>> await run("x"); 'y'
    '''

# ---- twin ----
def run(code):
    """Run a code.

    ```python
    code = '''
    import sys
    '''
    run(code)
    ```

    >>> run("x")
    """


def one(code):
    ">>> run('x')"


def other(code):
    """
    >>> run("x")
    >>> "y"
    """
