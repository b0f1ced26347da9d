"""twingen turns async Python source into its sync twin, or says why it cannot.

The public API is what the command line uses: :func:`twingen.convert.convert`
for text, :class:`twingen.tree.Project` for folders.
"""

__version__ = "0.1.0"
